#pragma once
/// Energies that are sums of terms over neighbouring cells: what samplers that decide block by block stand on.

#include <cstdint>

#include "grid/lattice.hpp"

namespace scorefield::model {

/// A box of cells with the cells around it: values (z, y, x) in C order, padded on both sides of each axis.
struct Patch {
  grid::Index3 extent{1, 1, 1};  ///< of the box, without padding
  grid::Index3 pad{0, 0, 0};     ///< the diameter of the energy terms; 0 along axes of one cell

  [[nodiscard]] std::int64_t row_length() const { return extent[2] + 2 * pad[2]; }
  [[nodiscard]] std::int64_t cells() const { return extent[0] * extent[1] * extent[2]; }
  [[nodiscard]] std::int64_t padded_cells() const {
    return (extent[0] + 2 * pad[0]) * (extent[1] + 2 * pad[1]) * row_length();
  }
  /// First cell of the box in row (z, y); rows and cells before and after it, as far as the padding goes, are its
  /// neighbours.
  [[nodiscard]] const double* row(const double* values, std::int64_t z, std::int64_t y) const {
    return values + ((z + pad[0]) * (extent[1] + 2 * pad[1]) + y + pad[1]) * row_length() + pad[2];
  }
  [[nodiscard]] double* row(double* values, std::int64_t z, std::int64_t y) const {
    return const_cast<double*>(row(static_cast<const double*>(values), z, y));
  }
};

/// Capability: E(x) is a sum of terms, each of cells that lie at most diameter() apart along every axis. A field of one
/// component. Pure functions of the patch, so that every rank that sees a block finds the same numbers for it.
class LocalEnergy {
 public:
  virtual ~LocalEnergy() = default;
  /// Largest distance along an axis of two cells in one term, in cells; at least 1.
  [[nodiscard]] virtual std::int64_t diameter() const = 0;
  /// True where all cells of any one term lie on a line along an axis.
  [[nodiscard]] virtual bool is_axis_only() const = 0;
  /// E(y) - E(x) for fields that differ within the box alone: the change of all terms that touch the box, also of those
  /// that reach into the padding, each counted once.
  [[nodiscard]] virtual double energy_change(const Patch& patch, const double* x, const double* y) const = 0;
  /// dE/dx of the cells of the box, (z, y, x) without padding.
  virtual void gradient(const Patch& patch, const double* x, double* out) const = 0;
};

}  // namespace scorefield::model
