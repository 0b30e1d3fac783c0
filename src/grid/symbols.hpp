#pragma once
/// Lattices of symbols: spins, pixels, letters.

#include <array>
#include <cstdint>
#include <vector>

#include "grid/halo.hpp"

namespace scorefield::grid {

/// Symbols 0 .. 254 (z, y, x), a byte each, on this rank's box, with the symbols up to `reach` cells around it (along
/// x, where rows are whole, no further than most_reach). Along an open axis nothing lies beyond the ends: there stands
/// `none`.
class SymbolField {
 public:
  static constexpr std::uint8_t none = 255;
  /// Cells that a term may reach to along x: rows begin at whole words.
  static constexpr std::int64_t most_reach = 8;

  /// Collective. `is_open` by internal axis (z, y, x).
  SymbolField(const Domain& domain, int reach, const std::array<bool, 3>& is_open);

  [[nodiscard]] const Box& box() const { return box_; }
  [[nodiscard]] std::int64_t row_length() const { return length_; }
  /// Bytes from a cell to the next one along z, y and x; 0 along the dummy axes of 1-D and 2-D.
  [[nodiscard]] const Index3& strides() const { return strides_; }
  /// First cell of a row, from the box's corner: z and y from -reach to extent + reach - 1.
  [[nodiscard]] std::uint8_t* row(std::int64_t z, std::int64_t y) {
    return reinterpret_cast<std::uint8_t*>(words_.data()) + offset(z, y);
  }
  [[nodiscard]] const std::uint8_t* row(std::int64_t z, std::int64_t y) const {
    return reinterpret_cast<const std::uint8_t*>(words_.data()) + offset(z, y);
  }
  /// Collective. Brings what lies around the box up to date.
  void exchange();

 private:
  [[nodiscard]] std::int64_t offset(std::int64_t z, std::int64_t y) const {
    return ((z + halo_[0]) * (box_.extent(1) + 2 * halo_[1]) + y + halo_[1]) * row_bytes_ + most_reach;
  }
  [[nodiscard]] bool is_beyond(int axis, std::int64_t index) const {
    const std::int64_t global = index + box_.lo[axis];
    return is_open_[static_cast<std::size_t>(axis)] && (global < 0 || global >= n_[axis]);
  }

  Index3 n_;
  Box box_;
  std::array<bool, 3> is_open_;
  std::int64_t length_, row_bytes_;
  Index3 halo_{0, 0, 0}, strides_{0, 0, 0};
  std::vector<double> words_;  // bytes, as GhostRows carries them
  GhostRows ghosts_;
};

}  // namespace scorefield::grid
