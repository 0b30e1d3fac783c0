#pragma once
/// Lattices of two symbols, a bit each.

#include <cstdint>
#include <vector>

#include "grid/symbols.hpp"

namespace scorefield::grid {

/// Symbols 0 and 1 (z, y, x) on this rank's box and in the rows around it, 64 to a word (multispin coding; Zorn,
/// Herrmann & Rebbi 1981). A row holds its cells of even x, then those of odd x, each in words() words, a multiple of
/// words_at_once: cell x is bit x / 2, so that a neighbour along y or z is the same bit of another row, and one along x
/// the same bit, or the one beside it, of the other half. Rows have an even number of cells; bits beyond the last cell
/// are 0.
class PackedSpins {
 public:
  static constexpr std::int64_t words_at_once = 8;
  /// Collective.
  explicit PackedSpins(const Domain& domain);

  /// Words of one half of a row.
  [[nodiscard]] std::int64_t words() const { return words_; }
  /// Cells of one half of a row.
  [[nodiscard]] std::int64_t half() const { return half_; }
  /// Words before and after a row may be read too, whatever stands there.
  /// The half with even (0) or odd (1) x of row (z, y) from the box's corner, -1 to extent along y and z.
  [[nodiscard]] const std::uint64_t* row(std::int64_t z, std::int64_t y, std::int64_t parity) const;
  /// The same of rows of the box, to write to.
  [[nodiscard]] std::uint64_t* own_row(std::int64_t z, std::int64_t y, std::int64_t parity) {
    return own_.data() + margin + ((z * box_.extent(1) + y) * 2 + parity) * words_;
  }
  /// Collective. Brings the rows around the box up to date.
  void exchange();

  /// Collective: the rows around the box are brought up to date.
  void read(const SymbolField& symbols);
  void write(SymbolField& symbols) const;

 private:
  static constexpr std::int64_t margin = words_at_once;

  Box box_;
  Index3 halo_;
  std::int64_t half_, words_;
  GhostRows ghosts_;
  std::vector<std::uint64_t> own_, around_;
  std::vector<double> staging_;  // a row, as GhostRows carries it
};

}  // namespace scorefield::grid
