#pragma once
/// Clusters of equal neighbouring symbols by flood fill, on one process: what decomposed ones are compared with.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace scorefield::test {

/// Sizes, in the order of the first cells. `shape` and `is_open` along (z, y, x).
inline std::vector<std::int64_t> flood_fill(const std::array<std::int64_t, 3>& shape,
                                            const std::array<bool, 3>& is_open, const std::vector<int>& symbols) {
  std::vector<bool> is_seen(symbols.size(), false);
  std::vector<std::int64_t> sizes;
  for (std::size_t first = 0; first < symbols.size(); ++first) {
    if (is_seen[first]) continue;
    std::vector<std::size_t> stack{first};
    is_seen[first] = true;
    std::int64_t size = 0;
    while (!stack.empty()) {
      const std::size_t cell = stack.back();
      stack.pop_back();
      ++size;
      const auto number = static_cast<std::int64_t>(cell);
      const std::array<std::int64_t, 3> at{number / shape[2] / shape[1], number / shape[2] % shape[1],
                                           number % shape[2]};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        for (const std::int64_t step : {-1, 1}) {
          auto to = at;
          to[axis] += step;
          if (is_open[axis] && (to[axis] < 0 || to[axis] >= shape[axis])) continue;
          to[axis] = (to[axis] + shape[axis]) % shape[axis];
          const auto other = static_cast<std::size_t>((to[0] * shape[1] + to[1]) * shape[2] + to[2]);
          if (is_seen[other] || symbols[other] != symbols[cell]) continue;
          is_seen[other] = true;
          stack.push_back(other);
        }
      }
    }
    sizes.push_back(size);
  }
  return sizes;
}

/// Number, fraction of the largest, sum s^2 / N.
inline std::array<double, 3> cluster_figures(const std::vector<std::int64_t>& sizes) {
  double cells = 0.0;
  double squares = 0.0;
  for (const std::int64_t size : sizes) {
    cells += static_cast<double>(size);
    squares += static_cast<double>(size * size);
  }
  return {static_cast<double>(sizes.size()), static_cast<double>(*std::max_element(sizes.begin(), sizes.end())) / cells,
          squares / cells};
}

}  // namespace scorefield::test
