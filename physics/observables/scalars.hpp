#pragma once
/// Scalars that every chain has. `energy` and `acceptance` are recorded in every run, named or not.

#include "model/components.hpp"

namespace scorefield::physics {

struct NoOptions {};

/// E(x).
class Energy final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  Energy(const Options& /*options*/, const model::ObservableContext& /*context*/) {}
  [[nodiscard]] std::string name() const override { return "energy"; }
  void measure(model::Chain& chain, std::vector<double>& values) override { values.push_back(chain.energy.value()); }
};

/// Mean acceptance probability of the steps since the last draw.
class Acceptance final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  Acceptance(const Options& /*options*/, const model::ObservableContext& /*context*/) {}
  [[nodiscard]] std::string name() const override { return "acceptance"; }
  void measure(model::Chain& chain, std::vector<double>& values) override {
    values.push_back(chain.acceptance_since_draw());
  }
};

}  // namespace scorefield::physics
