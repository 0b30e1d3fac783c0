#include "physics/discrete/drawn_symbols.hpp"

#include "base/errors.hpp"

namespace scorefield::physics {

const model::SymbolEnergy& law_of(const model::ObservableContext& context, const std::string& observable) {
  if (context.target.symbol_energy() != nullptr) return *context.target.symbol_energy();
  throw base::DeckError("the observable " + observable + " is for symbols, and the states of this target are numbers",
                        "leave it out of observables");
}

DrawnSymbols::DrawnSymbols(const model::ObservableContext& context, const std::string& name)
    : domain_(&context.domain),
      kinds_(law_of(context, name).symbols()),
      symbols_(context.domain, 1, context.target.symbol_energy()->is_open()) {}

const grid::SymbolField& DrawnSymbols::read(model::Chain& chain) {
  model::read_symbols(chain.x.real(), symbols_);
  return symbols_;
}

}  // namespace scorefield::physics
