#pragma once
/// Cells of a lattice that can change at once.

#include <cstdint>

#include "grid/lattice.hpp"
#include "model/symbol_energy.hpp"

namespace scorefield::samplers {

/// Throws DeckError where terms reach everywhere and the lattice has more than one axis.
void check_axes(const grid::Lattice& lattice, const model::SymbolEnergy& energy);

/// Colours of cells such that no term of the energy holds two cells of one colour. With m = reach + 1 there are m
/// colours, z + y + x mod m, where all terms lie along axes (m = 2 is the checkerboard); otherwise m^d, the coordinates
/// mod m. Coordinates are global. Where terms reach everywhere each cell has a colour of its own.
class Colouring {
 public:
  /// Throws DeckError where a periodic axis is no multiple of m cells long: its ends would not match.
  Colouring(const grid::Lattice& lattice, const model::SymbolEnergy& energy);

  [[nodiscard]] int colours() const { return colours_; }
  /// Steps between cells of one colour in a row.
  [[nodiscard]] std::int64_t step() const { return n_[2] > 1 ? period_ : 1; }
  /// First cell of a colour in a row; the row's length or more where it has none.
  [[nodiscard]] std::int64_t first(std::int64_t z, std::int64_t y, int colour) const;

 private:
  grid::Index3 n_;
  std::int64_t period_;
  bool is_axis_only_;
  int colours_;
};

}  // namespace scorefield::samplers
