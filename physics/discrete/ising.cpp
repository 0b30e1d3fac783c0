#include "physics/discrete/ising.hpp"

#include "base/errors.hpp"
#include "model/field_file.hpp"
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

Ising::Ising(const Options& options, const model::BuildContext& context)
    : SymbolTarget(context.domain),
      field_(options.field / options.temperature),
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
  if (options.file.empty()) return;
  map_ = grid::Field(context.domain, "field of each cell");
  model::read_field(context.domain, options.file.path(), {options.dataset}, map_);
  for (std::int64_t i = 0; i < map_.size(); ++i) map_.data()[i] /= options.temperature;
}

namespace {
/// Spin of a symbol: -1, 1, and 0 where there is none.
inline int spin(std::uint8_t symbol) { return (2 * symbol - 1) * static_cast<int>(symbol != grid::SymbolField::none); }
}  // namespace

void Ising::changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const {
  // Axis by axis, in short loops that compilers can turn into vector instructions.
  for (std::int64_t i = 0; i < row.count; ++i) change[i] = field_;
  const double* map = map_of(row);
  for (std::int64_t i = 0; map != nullptr && i < row.count; ++i) change[i] += map[row.cell(i)];
  const std::uint8_t* first = row.at + row.first;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double coupling = couplings_[axis];
    if (coupling == 0.0) continue;
    const std::uint8_t* before = first - row.strides[axis];
    const std::uint8_t* after = first + row.strides[axis];
    const auto add = [&](std::int64_t step) {
      for (std::int64_t i = 0; i < row.count; ++i) {
        change[i] += coupling * static_cast<double>(spin(before[i * step]) + spin(after[i * step]));
      }
    };
    row.step == 2 ? add(2) : add(row.step);
  }
  for (std::int64_t i = 0; i < row.count; ++i)
    change[i] *= static_cast<double>(2 * (first[i * row.step] - proposed[i]));
}

double Ising::energy(const model::SymbolRow& row) const {
  const auto [z, y, x] = row.strides;
  return -reduce::row_sum(row.count, [&, z = z, y = y, x = x](std::int64_t i) {
    const std::uint8_t* at = row.at + row.cell(i);
    return spin(*at) * (couplings_[0] * spin(at[z]) + couplings_[1] * spin(at[y]) + couplings_[2] * spin(at[x]) +
                        field_at(row, row.cell(i)));
  });
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
