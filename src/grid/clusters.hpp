#pragma once
/// Cells of a lattice joined into clusters, on any decomposition.

#include <cstdint>
#include <functional>
#include <vector>

#include "grid/field.hpp"
#include "grid/halo.hpp"

namespace scorefield::grid {

/// Clusters of cells that are joined to neighbours along axes. Each rank joins its own cells in a forest (Hoshen &
/// Kopelman 1976; Tarjan 1975); then labels go over the borders between ranks until none changes. A cluster's label is
/// the smallest global index of its cells: the same on any decomposition.
class Clusters {
 public:
  static constexpr double held = -1.0;

  /// Collective.
  explicit Clusters(const Domain& domain);

  /// Every cell alone.
  void clear();
  /// Joins cells to the next one along an internal axis, over the end to the begin. `row(z, y)` gives a function of x
  /// that tells whether cell (z, y, x) of the box is joined; of an axis that is split, also cells just before the box
  /// are asked (z or y is -1), about whom the rank before must say the same.
  template <class Row>
  void join(int axis, const Row& row);
  /// Collective: makes the labels. A cluster with an own cell, given by its index on the box, that `is_held` gets the
  /// label `held` instead.
  void label(const std::function<bool(std::int64_t)>& is_held = {});

  /// After label(): of each own cell the label of its cluster.
  [[nodiscard]] const double* labels() const { return labels_.data(); }
  [[nodiscard]] std::int64_t size() const { return labels_.size(); }
  /// Collective, after label(): cells of each cluster, in no order; each cluster is listed by one rank. Held ones are
  /// left out.
  [[nodiscard]] std::vector<std::int64_t> sizes();

 private:
  /// A cell that is joined to one of another rank, in row (z, y) from this rank's box.
  struct Link {
    std::int64_t cell, z, y, x;
  };
  [[nodiscard]] bool is_split(int axis) const { return box_.extent(axis) < n_[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] bool is_own(std::int64_t z, std::int64_t y) const {
    return z >= 0 && z < box_.extent(0) && y >= 0 && y < box_.extent(1);
  }
  [[nodiscard]] std::int64_t cell(std::int64_t z, std::int64_t y, std::int64_t x) const {
    return (z * box_.extent(1) + y) * n_[2] + x;
  }
  /// Of an axis that lies on this rank whole, the end is next to the begin.
  [[nodiscard]] std::int64_t next(std::int64_t index, int along, int axis) const {
    const std::int64_t after = index + (along == axis ? 1 : 0);
    return is_split(along) ? after : after % box_.extent(along);
  }
  /// The first own cell of its cluster on this rank.
  [[nodiscard]] std::int64_t root(std::int64_t cell);
  void join_cells(std::int64_t a, std::int64_t b);

  base::Comm comm_;
  Index3 n_;
  Box box_;
  GhostRows ghosts_;
  Field labels_;
  std::vector<std::int64_t> parent_;  // of each own cell, in the tree of its cluster; never larger than the cell
  std::vector<Link> links_;
};

template <class Row>
void Clusters::join(int axis, const Row& row) {
  if (n_[static_cast<std::size_t>(axis)] == 1) return;
  const auto begin = [&](int along) { return along == axis && along != 2 && is_split(along) ? -1 : 0; };
  for (std::int64_t z = begin(0); z < box_.extent(0); ++z) {
    for (std::int64_t y = begin(1); y < box_.extent(1); ++y) {
      const auto is_joined = row(z, y);
      const std::int64_t next_z = next(z, 0, axis);
      const std::int64_t next_y = next(y, 1, axis);
      const bool is_here = is_own(z, y);
      const bool is_next_here = is_own(next_z, next_y);
      for (std::int64_t x = 0; x < n_[2]; ++x) {
        if (!is_joined(x)) continue;
        const std::int64_t next_x = axis == 2 ? (x + 1) % n_[2] : x;
        if (is_here && is_next_here) {
          join_cells(cell(z, y, x), cell(next_z, next_y, next_x));
        } else if (is_here) {
          links_.push_back({cell(z, y, x), next_z, next_y, next_x});
        } else {
          links_.push_back({cell(next_z, next_y, next_x), z, y, x});
        }
      }
    }
  }
}

}  // namespace scorefield::grid
