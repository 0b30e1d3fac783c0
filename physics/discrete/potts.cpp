#include "physics/discrete/potts.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "physics/discrete/bonds.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

deck::Schema<PottsOptions> Potts::schema() {
  auto schema = deck::Schema<Options>("potts", "Potts model: q symbols that favour equal neighbours.");
  schema.reference("Potts 1952; Wu 1982")
      .example("{type: potts, symbols: 3, temperature: 0.99497286107182}")
      .option("symbols", &Options::symbols, {.doc = "q", .min = 2, .max = 254})
      .option("temperature", &Options::temperature, {.unit = "J", .doc = "T", .above = 0.0})
      .option("coupling", &Options::coupling, {.unit = "J", .doc = "J; negative ones favour unequal neighbours"})
      .option("field", &Options::field, {.unit = "J", .doc = "h of each symbol", .auto_doc = "0 for all"});
  return with_boundaries(std::move(schema));
}

Potts::Potts(const Options& options, const model::BuildContext& context)
    : SymbolTarget(context.domain),
      symbols_(static_cast<int>(options.symbols)),
      field_(options.field.value_or(std::vector<double>(static_cast<std::size_t>(options.symbols), 0.0))),
      is_open_(open_axes(options.boundaries, context.domain.lattice())) {
  for (const int axis : context.domain.lattice().axes()) {
    // Along an axis of one cell that cell would be its own neighbour.
    if (context.domain.lattice().n()[static_cast<std::size_t>(axis)] == 1) continue;
    couplings_[static_cast<std::size_t>(axis)] = options.coupling / options.temperature;
  }
  if (field_.size() != static_cast<std::size_t>(symbols_)) {
    throw base::DeckError(
        "target.field has " + std::to_string(field_.size()) + " numbers for " + std::to_string(symbols_) + " symbols",
        "give one for each symbol");
  }
  for (double& h : field_) h /= options.temperature;
}

namespace {
inline double equal(std::uint8_t a, std::uint8_t b) { return static_cast<double>(a == b); }
}  // namespace

void Potts::changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const {
  for (std::int64_t i = 0; i < row.count; ++i) change[i] = field_[row.at[row.cell(i)]] - field_[proposed[i]];
  add_bond_changes(couplings_, row, proposed, change);
}

const model::ClusterBonds* Potts::cluster_bonds() const {
  const bool has_field = std::any_of(field_.begin(), field_.end(), [](double h) { return h != 0.0; });
  const bool favours_equal = std::all_of(couplings_.begin(), couplings_.end(), [](double k) { return k >= 0.0; });
  return !has_field && favours_equal ? this : nullptr;
}

double Potts::energy(const model::SymbolRow& row) const {
  const auto [z, y, x] = row.strides;
  return -reduce::row_sum(row.count, [&, z = z, y = y, x = x](std::int64_t i) {
    const std::uint8_t* at = row.at + row.cell(i);
    return field_[*at] + couplings_[0] * equal(*at, at[z]) + couplings_[1] * equal(*at, at[y]) +
           couplings_[2] * equal(*at, at[x]);
  });
}

}  // namespace scorefield::physics
