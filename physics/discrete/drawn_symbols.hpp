#pragma once
/// What observables of symbols share.

#include <string>

#include "model/components.hpp"
#include "model/symbol_target.hpp"

namespace scorefield::physics {

/// The energy of the target's symbols; DeckError where its states are numbers, which `observable` is not for.
[[nodiscard]] const model::SymbolEnergy& law_of(const model::ObservableContext& context, const std::string& observable);

/// The symbols of a draw and of the cells next to this rank's box, with what the target says of them.
class DrawnSymbols {
 public:
  /// Collective. DeckError where the states of the target are numbers; `name` is the observable's.
  DrawnSymbols(const model::ObservableContext& context, const std::string& name);

  /// Collective. Valid until the next call.
  const grid::SymbolField& read(model::Chain& chain);
  [[nodiscard]] const grid::Domain& domain() const { return *domain_; }
  /// q.
  [[nodiscard]] int kinds() const { return kinds_; }

 private:
  const grid::Domain* domain_;
  int kinds_;
  grid::SymbolField symbols_;
};

}  // namespace scorefield::physics
