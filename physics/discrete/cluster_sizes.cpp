#include "physics/discrete/cluster_sizes.hpp"

#include <algorithm>

#include "reduce/exact_sum.hpp"

namespace scorefield::physics {

deck::Schema<NoOptions> ClusterSizes::schema() {
  return deck::Schema<Options>(
             "cluster_sizes",
             "Clusters of equal neighbouring symbols: how many, the fraction of cells in the largest, "
             "and the mean size sum s^2 / N of the cluster of a cell.")
      .reference("Stauffer & Aharony 1994")
      .example("cluster_sizes");
}

void ClusterSizes::measure(model::Chain& chain, std::vector<double>& values) {
  const grid::SymbolField& symbols = symbols_.read(chain);
  clusters_.clear();
  for (int axis = 0; axis < 3; ++axis) {
    const std::int64_t stride = symbols.strides()[static_cast<std::size_t>(axis)];
    clusters_.join(axis, [&](std::int64_t z, std::int64_t y) {
      return [=, row = symbols.row(z, y)](std::int64_t x) {
        return row[x] == row[x + stride] && row[x] != grid::SymbolField::none;
      };
    });
  }
  clusters_.label();
  std::int64_t largest = 0;
  reduce::ExactSum squares;
  const std::vector<std::int64_t> sizes = clusters_.sizes();
  for (const std::int64_t size : sizes) {
    largest = std::max(largest, size);
    squares.add(static_cast<double>(size) * static_cast<double>(size));
  }
  const base::Comm& comm = symbols_.domain().comm();
  squares.all_reduce(comm);
  const auto cells = static_cast<double>(symbols_.domain().lattice().sites());
  values.push_back(static_cast<double>(comm.sum(static_cast<std::int64_t>(sizes.size()))));
  values.push_back(static_cast<double>(comm.max(largest)) / cells);
  values.push_back(squares.value() / cells);
}

}  // namespace scorefield::physics
