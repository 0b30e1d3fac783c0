#pragma once
/// Simulated annealing, around any other sampler.

#include <memory>
#include <optional>
#include <string>

#include "model/components.hpp"
#include "model/tempered_target.hpp"

namespace scorefield::samplers {

struct AnnealingOptions {
  deck::Component sampler{};
  double from = 10.0;
  double to = 0.1;
  std::optional<std::int64_t> steps;
  std::string schedule = "geometric";
};

/// Another sampler on p^(1/T), with T going from `from` to `to` step by step and then held (Kirkpatrick, Gelatt &
/// Vecchi 1983): towards the states of lowest energy, the maximum a posteriori of a posterior. The states are no
/// samples of p. T is a function of the step number. Recorded energies are E, not E / T.
class Annealing final : public model::Sampler {
 public:
  using Options = AnnealingOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& options, const model::Components& components) {
    return components.footprint(options.sampler);
  }
  Annealing(const Options& options, const model::SamplerContext& context);

  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  void refresh(model::Chain& chain) override;
  void adopt(model::Chain& chain) override;
  void step(model::Chain& chain) override;
  void settle(model::Chain& chain) override;
  [[nodiscard]] bool is_adaptive() const override { return inner_->is_adaptive(); }
  [[nodiscard]] bool is_biased() const override { return true; }
  /// Temperature and the lowest energy of the recorded states.
  [[nodiscard]] std::vector<model::Figure> figures(const model::Chain& chain) const override;
  [[nodiscard]] std::vector<model::NamedField> named_fields() override { return inner_->named_fields(); }
  [[nodiscard]] std::string status(const model::Chain& chain) const override;

  /// T of step number `step`.
  [[nodiscard]] double temperature(std::int64_t step) const;

 private:
  /// Sets the temperature of the last step, which the chain's cached numbers belong to.
  void heat(const model::Chain& chain);

  Options options_;
  std::int64_t steps_;
  model::Target& cold_;
  model::TemperedTarget target_;
  std::unique_ptr<model::Sampler> inner_;
};

}  // namespace scorefield::samplers
