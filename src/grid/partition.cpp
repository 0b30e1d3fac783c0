#include "grid/partition.hpp"

#include <algorithm>

namespace scorefield::grid {

namespace {

std::int64_t part_begin(std::int64_t extent, std::int64_t parts, std::int64_t part) { return extent * part / parts; }

/// The part that holds index i, by inverting part_begin.
std::int64_t part_of(std::int64_t extent, std::int64_t parts, std::int64_t i) { return ((i + 1) * parts - 1) / extent; }

std::array<std::int64_t, 2> split_ranks(std::int64_t ranks, std::int64_t first, std::int64_t second) {
  const std::int64_t along_first = std::min(ranks, first);
  return {along_first, std::min(ranks / along_first, second)};
}

}  // namespace

Partition::Partition(const Lattice& lattice, int ranks)
    : n_(lattice.n()),
      half_(lattice.half()),
      ranks_(ranks),
      real_grid_(split_ranks(ranks, n_[0], n_[1])),
      spectral_grid_(split_ranks(ranks, n_[1], half_)) {}

Box Partition::real_box(int rank) const {
  const std::int64_t i = rank / real_grid_[1];
  const std::int64_t j = rank % real_grid_[1];
  if (i >= real_grid_[0]) return {};
  return {{part_begin(n_[0], real_grid_[0], i), part_begin(n_[1], real_grid_[1], j), 0},
          {part_begin(n_[0], real_grid_[0], i + 1), part_begin(n_[1], real_grid_[1], j + 1), n_[2]}};
}

Box Partition::middle_box(int rank) const {
  const std::int64_t i = rank / real_grid_[1];
  const std::int64_t j = rank % real_grid_[1];
  if (i >= real_grid_[0]) return {};
  return {{part_begin(n_[0], real_grid_[0], i), 0, part_begin(half_, real_grid_[1], j)},
          {part_begin(n_[0], real_grid_[0], i + 1), n_[1], part_begin(half_, real_grid_[1], j + 1)}};
}

Box Partition::spectral_box(int rank) const {
  const std::int64_t i = rank / spectral_grid_[1];
  const std::int64_t j = rank % spectral_grid_[1];
  if (i >= spectral_grid_[0]) return {};
  return {{0, part_begin(n_[1], spectral_grid_[0], i), part_begin(half_, spectral_grid_[1], j)},
          {n_[0], part_begin(n_[1], spectral_grid_[0], i + 1), part_begin(half_, spectral_grid_[1], j + 1)}};
}

int Partition::real_owner(std::int64_t z, std::int64_t y) const {
  return static_cast<int>(part_of(n_[0], real_grid_[0], z) * real_grid_[1] + part_of(n_[1], real_grid_[1], y));
}

}  // namespace scorefield::grid
