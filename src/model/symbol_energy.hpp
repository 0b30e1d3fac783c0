#pragma once
/// Energies of lattices of symbols: what discrete samplers stand on.

#include <array>
#include <cstdint>

#include "grid/symbols.hpp"
#include "model/pair_scores.hpp"

namespace scorefield::model {

/// Cells first, first + step, ..., `count` of them, of a row of a SymbolField. With step 0 one cell as often as there
/// are proposals for it.
struct SymbolRow {
  const std::uint8_t* at = nullptr;  ///< cell 0 of the row
  grid::Index3 strides{0, 0, 0};     ///< in bytes from a cell to the next along z, y, x; 0 along dummy axes
  std::int64_t site = 0;             ///< global index of cell 0
  std::int64_t local = 0;            ///< its index on this rank's box, for maps without halo
  std::int64_t first = 0, step = 1, count = 0;
  const double* map = nullptr;  ///< row of SymbolEnergy::map where this one is not of this rank's box

  [[nodiscard]] std::int64_t cell(std::int64_t i) const { return first + i * step; }
};

/// Capability: E(x) is a sum of terms, each of cells that lie at most reach() apart along every axis.
class SymbolEnergy {
 public:
  virtual ~SymbolEnergy() = default;
  /// Symbols 0 .. symbols() - 1; 2 to 254.
  [[nodiscard]] virtual int symbols() const = 0;
  /// For reach(): terms may tie any cells of the lattice, which has one axis and so lies on one rank whole.
  static constexpr int everywhere = 0;
  /// Largest distance along an axis of two cells in one term, in cells: 1 to SymbolField::most_reach, or everywhere.
  [[nodiscard]] virtual int reach() const { return 1; }
  /// True where all cells of any one term lie on a line along an axis.
  [[nodiscard]] virtual bool is_axis_only() const { return true; }
  /// Axes (z, y, x) that end instead of closing on themselves.
  [[nodiscard]] virtual std::array<bool, 3> is_open() const { return {false, false, false}; }
  /// A number of each cell that the energy knows on this rank's box alone: who asks about other rows brings theirs.
  [[nodiscard]] virtual const grid::Field* map() const { return nullptr; }
  /// change[i] = E(cell i becomes proposed[i]) - E, all else as it is.
  virtual void changes(const SymbolRow& row, const std::uint8_t* proposed, double* change) const = 0;
  /// The part of E that is reckoned to the cells of a row: over all rows of the lattice it sums to E.
  [[nodiscard]] virtual double energy(const SymbolRow& row) const = 0;

  struct Scored {
    const PairScores* scores = nullptr;
    double weight = 1.0;
  };
  /// Where terms reach everywhere and E is -weight times a score by sites and pairs: sweeps keep sums of it and ask for
  /// no changes. None otherwise.
  [[nodiscard]] virtual Scored pair_scores() const { return {}; }
};

}  // namespace scorefield::model
