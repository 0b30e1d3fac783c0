#pragma once
/// What cluster samplers need of an energy.

#include <cstdint>
#include <optional>

#include "model/symbol_energy.hpp"

namespace scorefield::model {

/// Capability: E is a sum of terms of neighbours along axes that know two cases alone, and of terms of single cells
/// with two symbols; so that a term is either satisfied or costs something more (Fortuin & Kasteleyn 1972; Swendsen &
/// Wang 1987; Edwards & Sokal 1988).
class ClusterBonds {
 public:
  virtual ~ClusterBonds() = default;
  /// What a pair of neighbours along an internal axis (0 is z) costs more where their symbols differ; where this is
  /// negative, minus what it costs more where they are equal.
  [[nodiscard]] virtual double coupling(int axis) const = 0;
  /// What the other symbol would cost more in this cell than the present one does, by the terms of the cell alone. Zero
  /// for more than two symbols.
  [[nodiscard]] virtual double pull(const SymbolRow& row, std::int64_t cell) const = 0;
  /// What symbol 0 costs more than symbol 1 by these terms, where that is the same in all cells.
  [[nodiscard]] virtual std::optional<double> uniform_pull() const { return std::nullopt; }
};

}  // namespace scorefield::model
