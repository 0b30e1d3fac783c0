#pragma once
/// How often symbols stand where.

#include "physics/discrete/drawn_symbols.hpp"
#include "physics/observables/scalars.hpp"

namespace scorefield::physics {

/// The fraction of cells with each symbol. On lattices of one axis of each site by itself, (site, symbol): the draws
/// hold 0 and 1, and their means are the frequencies at the sites.
class SymbolFrequencies final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  SymbolFrequencies(const Options& options, const model::ObservableContext& context);
  /// Of four letters: how many symbols there are is known to the target alone.
  static std::int64_t values(const Options& /*options*/, const grid::Lattice& lattice) {
    return lattice.axes().size() == 1 ? 4 * lattice.sites() : 4;
  }

  [[nodiscard]] std::string name() const override { return "symbol_frequencies"; }
  [[nodiscard]] std::int64_t size() const override { return places_ * symbols_; }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  /// Site (of one axis) and symbol of each value.
  [[nodiscard]] std::vector<Bins> bins() const override;

 private:
  const grid::Domain* domain_;
  std::int64_t symbols_;
  std::int64_t places_;  // sites that are told apart
};

}  // namespace scorefield::physics
