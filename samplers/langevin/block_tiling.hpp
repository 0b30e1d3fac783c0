#pragma once
/// Blocks that cover a periodic lattice, coloured so that no energy term touches two blocks of one colour.

#include <cstdint>
#include <string>
#include <vector>

#include "grid/lattice.hpp"

namespace scorefield::samplers {

/// Cuts every axis into an even number of blocks of at least `edge` cells, counted from an origin that may move. A pure
/// function of the lattice: nothing of ranks.
///
/// Two blocks of one colour are apart by a block of the other colour along some axis, so terms up to as long as the
/// smallest block cannot touch both. Where all terms lie along axes, blocks that meet at an edge or corner alone share
/// none either, and two colours do (a checkerboard); otherwise 2^d.
class BlockTiling {
 public:
  /// Throws std::invalid_argument, saying why, where an axis is too short for terms of this diameter (in cells).
  BlockTiling(const grid::Lattice& lattice, std::int64_t edge, std::int64_t diameter, bool is_axis_only);

  /// The lattice as one block.
  explicit BlockTiling(const grid::Lattice& lattice) : n_(lattice.n()), is_axis_only_(false) {}

  [[nodiscard]] int colours() const { return colours_; }
  /// Blocks along an internal axis: 1 where it has a single cell or all is one block, else even.
  [[nodiscard]] std::int64_t blocks(int axis) const { return blocks_[axis]; }
  [[nodiscard]] std::int64_t blocks() const { return blocks_[0] * blocks_[1] * blocks_[2]; }
  /// Cells of the i-th block of an axis, [first, last), from the origin.
  [[nodiscard]] std::int64_t first(int axis, std::int64_t i) const { return i * n_[axis] / blocks_[axis]; }
  [[nodiscard]] std::int64_t last(int axis, std::int64_t i) const { return first(axis, i + 1); }
  [[nodiscard]] std::int64_t containing(int axis, std::int64_t cell) const {
    return ((cell + 1) * blocks_[axis] - 1) / n_[axis];
  }
  [[nodiscard]] std::int64_t largest(int axis) const { return (n_[axis] + blocks_[axis] - 1) / blocks_[axis]; }
  [[nodiscard]] int colour(const grid::Index3& block) const;
  [[nodiscard]] std::int64_t index(const grid::Index3& block) const {
    return (block[0] * blocks_[1] + block[1]) * blocks_[2] + block[2];
  }

 private:
  grid::Index3 n_;
  grid::Index3 blocks_{1, 1, 1};
  bool is_axis_only_;
  int colours_ = 1;
};

}  // namespace scorefield::samplers
