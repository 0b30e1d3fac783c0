#include "physics/discrete/domain_walls.hpp"

namespace scorefield::physics {

deck::Schema<NoOptions> DomainWalls::schema() {
  return deck::Schema<Options>("domain_walls",
                               "Fraction of neighbouring pairs of symbols that differ: of all, then along each axis.")
      .example("domain_walls");
}

void DomainWalls::measure(model::Chain& chain, std::vector<double>& values) {
  const grid::SymbolField& symbols = symbols_.read(chain);
  const grid::Domain& domain = symbols_.domain();
  const auto& axes = domain.lattice().axes();
  // Walls, then pairs, each of all axes and of every one.
  const std::size_t bins = 1 + axes.size();
  std::vector<std::int64_t> counts(2 * bins, 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t stride = symbols.strides()[static_cast<std::size_t>(axes[i])];
    if (stride == 0 || domain.lattice().n()[static_cast<std::size_t>(axes[i])] == 1) continue;
    for (std::int64_t z = 0; z < symbols.box().extent(0); ++z) {
      for (std::int64_t y = 0; y < symbols.box().extent(1); ++y) {
        const std::uint8_t* row = symbols.row(z, y);
        for (std::int64_t x = 0; x < symbols.row_length(); ++x) {
          const int is_pair = row[x + stride] != grid::SymbolField::none ? 1 : 0;
          counts[bins + 1 + i] += is_pair;
          counts[1 + i] += is_pair & (row[x + stride] != row[x] ? 1 : 0);
        }
      }
    }
    counts[0] += counts[1 + i];
    counts[bins] += counts[bins + 1 + i];
  }
  domain.comm().sum(counts.data(), static_cast<int>(counts.size()));
  for (std::size_t i = 0; i < bins; ++i) {
    const std::int64_t pairs = counts[bins + i];
    values.push_back(pairs == 0 ? 0.0 : static_cast<double>(counts[i]) / static_cast<double>(pairs));
  }
}

std::vector<model::Observable::Bins> DomainWalls::bins() const {
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < size(); ++i) numbers.push_back(static_cast<double>(i));
  return {{"domain_walls", std::move(numbers), "axis"}};
}

}  // namespace scorefield::physics
