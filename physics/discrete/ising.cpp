#include "physics/discrete/ising.hpp"

#include "base/errors.hpp"
#include "model/field_file.hpp"
#include "model/symbol_rows.hpp"
#include "physics/discrete/bonds.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

std::array<bool, 3> open_axes(const std::optional<std::vector<std::string>>& boundaries, const grid::Lattice& lattice) {
  std::array<bool, 3> is_open{false, false, false};
  if (!boundaries) return is_open;
  if (boundaries->size() != lattice.axes().size()) {
    throw base::DeckError("target.boundaries has " + std::to_string(boundaries->size()) + " words for " +
                              std::to_string(lattice.axes().size()) + " axes",
                          "give 'periodic' or 'open' for each axis, slow to fast");
  }
  for (std::size_t i = 0; i < boundaries->size(); ++i) {
    is_open[static_cast<std::size_t>(lattice.axes()[i])] = (*boundaries)[i] == "open";
  }
  return is_open;
}

deck::Schema<IsingOptions> Ising::schema() {
  auto schema = deck::Schema<Options>("ising", "Ising model: spins that favour equal neighbours.");
  schema.reference("Ising 1925; Onsager 1944")
      .example("{type: ising, temperature: 2.269185314213022}")
      .option("temperature", &Options::temperature, {.unit = "J", .doc = "T", .above = 0.0})
      .option("couplings", &Options::couplings,
              {.unit = "J",
               .doc = "J along each axis, slow to fast; negative ones favour unequal neighbours",
               .auto_doc = "1 along all axes"})
      .option("field", &Options::field, {.unit = "J", .doc = "h, which favours spins of its sign"})
      .option("file", &Options::file, {.doc = "HDF5 file of a further field for each cell", .must_exist = true})
      .option("dataset", &Options::dataset, {.doc = "data set in the file"});
  return with_boundaries(std::move(schema));
}

namespace {
grid::Field read_map(const IsingOptions& options, const grid::Domain& domain) {
  if (options.file.empty()) return {};
  grid::Field map(domain, "field of each cell");
  model::read_field(domain, options.file.path(), {options.dataset}, map);
  for (std::int64_t i = 0; i < map.size(); ++i) map.data()[i] /= options.temperature;
  return map;
}
}  // namespace

Ising::Ising(const Options& options, const model::BuildContext& context)
    : Ising(options, context, read_map(options, context.domain)) {}

Ising::Ising(const Options& options, const model::BuildContext& context, grid::Field map)
    : SymbolTarget(context.domain),
      field_(options.field / options.temperature),
      map_(std::move(map)),
      is_open_(open_axes(options.boundaries, context.domain.lattice())) {
  const grid::Lattice& lattice = context.domain.lattice();
  const std::size_t dimensions = lattice.axes().size();
  const std::vector<double> couplings = options.couplings.value_or(std::vector<double>(dimensions, 1.0));
  if (couplings.size() != dimensions) {
    throw base::DeckError("target.couplings has " + std::to_string(couplings.size()) + " numbers for " +
                              std::to_string(dimensions) + " axes",
                          "give one for each axis, slow to fast");
  }
  for (std::size_t i = 0; i < dimensions; ++i) {
    const auto axis = static_cast<std::size_t>(lattice.axes()[i]);
    if (lattice.n()[axis] == 1) continue;  // that cell would be its own neighbour
    couplings_[axis] = couplings[i] / options.temperature;
  }
}

void Ising::changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const {
  // s' - s is 2 for a cell that becomes 1, -2 for one that becomes 0, and so twice the equal neighbours that it gains.
  for (std::int64_t i = 0; i < row.count; ++i) change[i] = 0.0;
  if (field_ != 0.0 || map_of(row) != nullptr) {
    for (std::int64_t i = 0; i < row.count; ++i) {
      change[i] = 2.0 * field_at(row, row.cell(i)) * (int{row.at[row.cell(i)]} - int{proposed[i]});
    }
  }
  add_bond_changes({coupling(0), coupling(1), coupling(2)}, row, proposed, change);
}

double Ising::energy(const model::SymbolRow& row) const {
  // Whole numbers axis by axis, in short loops that compilers can turn into vector instructions.
  const std::uint8_t* first = row.at + row.first;
  double sum = 0.0;
  model::with_step(row.step, [&](const auto step) {
    const auto total = [&](const auto& term) {
      std::int32_t whole = 0;
      for (std::int64_t i = 0; i < row.count; ++i) whole += term(i * step);
      return static_cast<double>(whole);
    };
    sum = field_ * total([=](std::int64_t i) { return spin(first[i]); });
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (couplings_[axis] == 0.0) continue;
      const std::uint8_t* next = first + row.strides[axis];
      sum += couplings_[axis] * total([=](std::int64_t i) { return spin(first[i]) * spin(next[i]); });
    }
    if (map_.size() == 0) return;
    const double* map = map_.data() + row.local + row.first;
    sum += reduce::row_sum(row.count, [=](std::int64_t i) { return spin(first[i * step]) * map[i * step]; });
  });
  return -sum;
}

double Ising::pull(const model::SymbolRow& row, std::int64_t cell) const {
  return 2.0 * spin(row.at[cell]) * field_at(row, cell);
}

void Ising::physical(model::DualField& state, model::DualField& out) {
  const grid::Field& symbols = state.real();
  const grid::Field& spins = out.set_real();
  for (std::int64_t i = 0; i < symbols.size(); ++i) spins.data()[i] = 2.0 * symbols.data()[i] - 1.0;
}

}  // namespace scorefield::physics
