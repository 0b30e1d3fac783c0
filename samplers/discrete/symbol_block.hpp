#pragma once
/// Blocks of symbols that change on their own.

#include <optional>
#include <vector>

#include "model/symbol_energy.hpp"

namespace scorefield::samplers {

/// A box of cells with the symbols that their terms reach to, copied from a SymbolField: what the update of a block
/// reads and writes. Cells are numbered in C order from the block's first. It may lie on several ranks, and each that
/// has rows of it works it out: nothing here depends on which.
class SymbolBlock {
 public:
  /// Collective. For blocks of at most `most_rows` rows along z and y. Where a map of cells is part of the energy, its
  /// rows around the box are fetched, once.
  SymbolBlock(const grid::Domain& domain, const model::SymbolEnergy& energy, std::int64_t most_rows);

  /// Copies the block at `begin` (z and y from the box's corner, x on the lattice). Along a periodic axis it may go on
  /// at the other end. `from` has the symbols most_rows - 1 + reach around the box.
  void load(const grid::SymbolField& from, const grid::Index3& begin, const grid::Index3& extent);
  /// Copies back what lies in the box of `to`.
  void store(grid::SymbolField& to) const;

  [[nodiscard]] const grid::Index3& extent() const { return extent_; }
  [[nodiscard]] std::int64_t cells() const { return extent_[0] * extent_[1] * extent_[2]; }
  /// Global index of a cell; that of the first names the block.
  [[nodiscard]] std::int64_t site(std::int64_t cell) const;
  [[nodiscard]] std::uint8_t symbol(std::int64_t cell) const { return patch_[place(cell)]; }
  void set(std::int64_t cell, std::uint8_t symbol) { patch_[place(cell)] = symbol; }

  /// E(cell becomes symbol) - E, all else as it is.
  [[nodiscard]] double change(std::int64_t cell, std::uint8_t symbol) const;
  /// The same for each cell and a symbol proposed for it, by itself.
  void changes(const std::uint8_t* proposed, double* change) const;

 private:
  [[nodiscard]] std::size_t place(std::int64_t cell) const {
    return offsets_[static_cast<std::size_t>(cell / extent_[2])] + static_cast<std::size_t>(cell % extent_[2]);
  }
  /// `count` cells of a row, of which the first is `cell` and the last lies before the end of the lattice.
  [[nodiscard]] model::SymbolRow row(std::int64_t cell, std::int64_t count) const;
  [[nodiscard]] std::int64_t x_of(std::int64_t i) const {
    const std::int64_t x = begin_[2] + i;
    return x < n_[2] ? x : x - n_[2];
  }

  const model::SymbolEnergy* energy_;
  grid::Index3 n_;
  grid::Box box_;
  std::array<bool, 3> is_open_;
  std::optional<grid::GhostRows> map_ghosts_;
  grid::GhostRows::Rows map_{};
  grid::Index3 pad_{0, 0, 0}, begin_{0, 0, 0}, extent_{0, 0, 0}, strides_{0, 0, 0};
  std::vector<std::uint8_t> patch_;
  std::vector<std::size_t> offsets_;    // in the patch, of the first cell of each row of the block
  std::vector<model::SymbolRow> rows_;  // of these rows; what `at` and `first` are depends on the cell
};

}  // namespace scorefield::samplers
