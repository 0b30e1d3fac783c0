#pragma once
/// Periodic halo exchange of any width.

#include <vector>

#include "grid/field.hpp"

namespace scorefield::grid {

/// Fills the halo of fields of one shape with the values of the periodic neighbours, however many ranks away they live
/// and also where the halo is wider than the lattice. Halo rows are fetched whole from the owner of the row; the ends
/// of rows are then copied locally, since x is never split.
class Halo {
 public:
  /// Collective. For fields on `domain` with this many components and this width.
  Halo(const Domain& domain, int components, int width);
  /// Collective.
  void exchange(const Field& field) const;

 private:
  base::Comm comm_;
  std::vector<int> send_counts_, send_offsets_, receive_counts_, receive_offsets_;  // in doubles
  std::vector<std::int64_t> send_rows_, receive_rows_;  // row index in the view, component 0
};

}  // namespace scorefield::grid
