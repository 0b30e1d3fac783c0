#include "samplers/langevin/block_tiling.hpp"

#include <algorithm>
#include <stdexcept>

namespace scorefield::samplers {

BlockTiling::BlockTiling(const grid::Lattice& lattice, std::int64_t edge, std::int64_t diameter, bool is_axis_only)
    : n_(lattice.n()), is_axis_only_(is_axis_only) {
  for (int axis = 0; axis < 3; ++axis) {
    if (n_[axis] == 1) continue;
    // Even, so that colours alternate also across the periodic boundary.
    const std::int64_t pairs = n_[axis] / (2 * std::max(edge, diameter));
    blocks_[axis] = 2 * std::max<std::int64_t>(1, pairs);
    if (n_[axis] / blocks_[axis] < diameter) {
      throw std::invalid_argument("an axis of " + std::to_string(n_[axis]) +
                                  " cells cannot hold two blocks as long as an energy term (" +
                                  std::to_string(diameter) + " cells)");
    }
    colours_ = is_axis_only_ ? 2 : 2 * colours_;
  }
}

int BlockTiling::colour(const grid::Index3& block) const {
  int colour = 0;
  for (int axis = 0; axis < 3; ++axis) {
    if (n_[axis] == 1) continue;
    const int parity = static_cast<int>(block[axis] % 2);
    colour = is_axis_only_ ? (colour + parity) % 2 : 2 * colour + parity;
  }
  return colour;
}

}  // namespace scorefield::samplers
