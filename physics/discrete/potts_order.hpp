#pragma once

#include "physics/discrete/drawn_symbols.hpp"
#include "physics/observables/scalars.hpp"

namespace scorefield::physics {

/// (q f - 1) / (q - 1), f being the fraction of cells with the most frequent of q symbols: 0 where all are equally
/// frequent, 1 where there is but one (Wu 1982). |m| for two symbols.
class PottsOrder final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  PottsOrder(const Options& /*options*/, const model::ObservableContext& context)
      : domain_(&context.domain), kinds_(law_of(context, "potts_order").symbols()) {}
  [[nodiscard]] std::string name() const override { return "potts_order"; }
  void measure(model::Chain& chain, std::vector<double>& values) override;

 private:
  const grid::Domain* domain_;
  int kinds_;
};

}  // namespace scorefield::physics
