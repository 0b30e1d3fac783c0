#pragma once
/// What lies beyond a rank's box: periodic neighbours of any distance, however many ranks away they live and also where
/// the halo is wider than the lattice. Rows are fetched whole from their owners; x is never split.

#include <functional>
#include <optional>
#include <vector>

#include "grid/field.hpp"

namespace scorefield::grid {

/// The rows around a rank's box, for stencils over fields without halo: nothing of the field itself is copied.
class GhostRows {
 public:
  /// Collective. `width` rows on both sides along y and z (none along the dummy axes of 1-D and 2-D). Rows of the
  /// domain's length, or of so many doubles that hold something else.
  GhostRows(const Domain& domain, int components, int width, std::optional<std::int64_t> row_doubles = {});

  /// Finds rows in kernels: z and y from the box's corner, from -width up to extent + width - 1.
  struct Rows {
    const double *own, *ghosts;
    const std::int64_t* table;
    std::int64_t halo_z, halo_y, table_y, own_rows, components, length;
    KOKKOS_INLINE_FUNCTION const double* operator()(std::int64_t c, std::int64_t z, std::int64_t y) const {
      const std::int64_t row = table[(z + halo_z) * table_y + y + halo_y];
      return row >= 0 ? own + (c * own_rows + row) * length : ghosts + ((-1 - row) * components + c) * length;
    }
  };
  /// Collective. Fetches the rows around `field`; valid until the field changes.
  [[nodiscard]] Rows exchange(const Field& field);

 private:
  friend class Halo;
  friend class PackedSpins;
  friend class SymbolField;
  /// Collective. Fetches rows, given where row (component, row of the box) is in the memory of its owner's host.
  void fetch(const std::function<const double*(int, std::int64_t)>& own_row);
  [[nodiscard]] Rows rows(const double* own) const;

  base::Comm comm_;
  Box box_;
  std::int64_t halo_z_, halo_y_, components_, length_;
  Kokkos::View<std::int64_t*, base::MemorySpace> table_;                            // row of the box, or -1 - ghost
  base::LineView ghosts_;                                                           // (ghost, component, x)
  std::vector<int> send_counts_, send_offsets_, receive_counts_, receive_offsets_;  // in doubles
  std::vector<std::int64_t> send_rows_;
};

/// Fills the halo of fields with values of the periodic neighbours.
class Halo {
 public:
  /// Collective. For fields on `domain` with this many components and this width.
  Halo(const Domain& domain, int components, int width) : ghosts_(domain, components, width) {}
  /// Collective.
  void exchange(const Field& field);

 private:
  GhostRows ghosts_;
};

}  // namespace scorefield::grid
