#pragma once
/// Which rank owns which part of a lattice: a pure function of the lattice and the number of ranks.

#include "grid/lattice.hpp"

namespace scorefield::grid {

/// Pencil decomposition of a lattice in real and in Fourier space.
///
/// Real space, indices (z, y, x): z is split over as many ranks as it has planes, then y; rows of x stay whole.
/// Fourier space, indices (z, y, kx): y is split first, then kx; lines of z stay whole and are the fastest axis in
/// memory. Between them FFTs pass through a middle stage in which y is whole. Whole lines are the unit of every
/// reproducible sum, so the axis a sum runs along must not depend on the number of ranks: that is why this rule has no
/// special cases. With more ranks than lines the last ranks own nothing.
class Partition {
 public:
  Partition(const Lattice& lattice, int ranks);

  [[nodiscard]] int ranks() const { return ranks_; }
  [[nodiscard]] Box real_box(int rank) const;
  /// z as in real space, y whole, kx split.
  [[nodiscard]] Box middle_box(int rank) const;
  [[nodiscard]] Box spectral_box(int rank) const;
  /// True where real space is split along z alone, so that the middle stage needs no transpose.
  [[nodiscard]] bool is_slab() const { return real_grid_[1] == 1; }
  /// Owner of row (z, y) of real space.
  [[nodiscard]] int real_owner(std::int64_t z, std::int64_t y) const;

 private:
  Index3 n_;
  std::int64_t half_;
  int ranks_;
  std::array<std::int64_t, 2> real_grid_;      // ranks along z, y
  std::array<std::int64_t, 2> spectral_grid_;  // ranks along y, kx
};

}  // namespace scorefield::grid
