#include "samplers/discrete/symbol_block.hpp"

#include <algorithm>

namespace scorefield::samplers {

using grid::wrap;

SymbolBlock::SymbolBlock(const grid::Domain& domain, const model::SymbolEnergy& energy, std::int64_t most_rows)
    : energy_(&energy), n_(domain.lattice().n()), box_(domain.real_box()), is_open_(energy.is_open()) {
  for (std::size_t axis = 0; axis < 3; ++axis) pad_[axis] = n_[axis] > 1 ? energy.reach() : 0;
  // Asked by all ranks: one without rows has an empty map.
  if (domain.comm().max(std::int64_t{energy.map() != nullptr}) == 0) return;
  map_ghosts_.emplace(domain, 1, static_cast<int>(most_rows - 1));
  map_ = map_ghosts_->exchange(energy.map() != nullptr ? *energy.map() : grid::Field());
}

void SymbolBlock::load(const grid::SymbolField& from, const grid::Index3& begin, const grid::Index3& extent) {
  begin_ = begin;
  extent_ = extent;
  const std::int64_t length = extent_[2] + 2 * pad_[2];
  const std::int64_t rows = extent_[1] + 2 * pad_[1];
  strides_ = {n_[0] > 1 ? rows * length : 0, n_[1] > 1 ? length : 0, n_[2] > 1 ? 1 : 0};
  // Energies are told where cell 0 of the lattice would lie, up to a row before the block: the patch begins so late.
  const std::int64_t lead = n_[2];
  patch_.resize(static_cast<std::size_t>(lead + (extent_[0] + 2 * pad_[0]) * rows * length));
  offsets_.clear();
  rows_.clear();
  std::int64_t to = lead;
  for (std::int64_t z = -pad_[0]; z < extent_[0] + pad_[0]; ++z) {
    for (std::int64_t y = -pad_[1]; y < extent_[1] + pad_[1]; ++y) {
      const std::uint8_t* symbols = from.row(begin_[0] + z, begin_[1] + y);
      if (z >= 0 && z < extent_[0] && y >= 0 && y < extent_[1]) {
        offsets_.push_back(static_cast<std::size_t>(to + pad_[2]));
        const std::int64_t own_z = wrap(begin_[0] + z, n_[0]);
        const std::int64_t own_y = wrap(begin_[1] + y, n_[1]);
        const bool is_own = own_z < box_.extent(0) && own_y < box_.extent(1);
        const std::int64_t global_z = wrap(box_.lo[0] + own_z, n_[0]);
        const std::int64_t global_y = wrap(box_.lo[1] + own_y, n_[1]);
        rows_.push_back({.at = nullptr,
                         .strides = strides_,
                         .site = (global_z * n_[1] + global_y) * n_[2],
                         .local = is_own ? (own_z * box_.extent(1) + own_y) * n_[2] : -1,
                         .first = 0,
                         .step = 1,
                         .count = 1,
                         .map = map_ghosts_ ? map_(0, begin_[0] + z, begin_[1] + y) : nullptr});
      }
      for (std::int64_t i = -pad_[2]; i < extent_[2] + pad_[2]; ++i, ++to) {
        const std::int64_t x = begin_[2] + i;
        const bool is_beyond = is_open_[2] && (x < 0 || x >= n_[2]);
        patch_[static_cast<std::size_t>(to)] = is_beyond ? grid::SymbolField::none : symbols[wrap(x, n_[2])];
      }
    }
  }
}

void SymbolBlock::store(grid::SymbolField& to) const {
  for (std::int64_t z = 0; z < extent_[0]; ++z) {
    const std::int64_t own_z = wrap(begin_[0] + z, n_[0]);
    for (std::int64_t y = 0; y < extent_[1]; ++y) {
      const std::int64_t own_y = wrap(begin_[1] + y, n_[1]);
      if (own_z >= box_.extent(0) || own_y >= box_.extent(1)) continue;
      const std::uint8_t* from = patch_.data() + offsets_[static_cast<std::size_t>(z * extent_[1] + y)];
      std::uint8_t* symbols = to.row(own_z, own_y);
      const std::int64_t whole = std::min(extent_[2], n_[2] - begin_[2]);  // cells before the row's end
      std::copy_n(from, whole, symbols + begin_[2]);
      std::copy_n(from + whole, extent_[2] - whole, symbols);
    }
  }
}

std::int64_t SymbolBlock::site(std::int64_t cell) const {
  return rows_[static_cast<std::size_t>(cell / extent_[2])].site + x_of(cell % extent_[2]);
}

model::SymbolRow SymbolBlock::row(std::int64_t cell, std::int64_t count) const {
  model::SymbolRow row = rows_[static_cast<std::size_t>(cell / extent_[2])];
  row.first = x_of(cell % extent_[2]);
  row.at = patch_.data() + place(cell) - row.first;
  row.count = count;
  return row;
}

double SymbolBlock::change(std::int64_t cell, std::uint8_t symbol) const {
  double found = 0.0;
  energy_->changes(row(cell, 1), &symbol, &found);
  return found;
}

void SymbolBlock::changes(const std::uint8_t* proposed, double* change) const {
  const std::int64_t whole = std::min(extent_[2], n_[2] - begin_[2]);
  for (std::int64_t cell = 0; cell < cells(); cell += extent_[2]) {
    energy_->changes(row(cell, whole), proposed + cell, change + cell);
    if (whole == extent_[2]) continue;
    energy_->changes(row(cell + whole, extent_[2] - whole), proposed + cell + whole, change + cell + whole);
  }
}

}  // namespace scorefield::samplers
