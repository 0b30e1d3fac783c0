#pragma once
/// Bonds between neighbours, which `ising` and `potts` share.

#include <array>
#include <cstdint>

#include "model/symbol_energy.hpp"

namespace scorefield::physics {

/// Spin of one of two symbols: -1, 1, and 0 where there is none.
inline int spin(std::uint8_t symbol) { return (2 * symbol - 1) * static_cast<int>(symbol != grid::SymbolField::none); }

/// change[i] -= coupling of each axis (z, y, x) times [neighbours along it that equal proposed[i], less those that
/// equal cell i as it is]: the change of E = -sum over bonds of coupling delta(s, s').
void add_bond_changes(const std::array<double, 3>& couplings, const model::SymbolRow& row, const std::uint8_t* proposed,
                      double* change);

}  // namespace scorefield::physics
