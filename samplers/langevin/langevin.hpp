#pragma once
/// Langevin dynamics x' = x - h M g + sqrt(2 h M) xi with g = dE/dx, with and without Metropolis test.

#include "samplers/common/gradient_sampler.hpp"

namespace scorefield::samplers {

struct UlaOptions : GradientOptions {
  double step_size = 0.02;
};

/// Unadjusted Langevin algorithm. Biased: on a Gaussian of variance v along a mode it samples v / (1 - h / (2 v)) for M
/// = 1.
class Ula final : public GradientSampler {
 public:
  using Options = UlaOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& options, const model::Components& /*components*/) {
    return common_footprint(options);
  }
  Ula(const Options& options, const model::SamplerContext& context);
  [[nodiscard]] bool is_biased() const override { return true; }

 private:
  void walk(GradientChain& chain) override;
};

struct MalaOptions : GradientOptions {
  std::optional<double> step_size;
  double target_acceptance = 0.574;
};

/// Metropolis-adjusted Langevin algorithm; the step size is adapted in warm-up by dual averaging, then frozen.
class Mala final : public GradientSampler {
 public:
  using Options = MalaOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& options, const model::Components& /*components*/) {
    return common_footprint(options);
  }
  Mala(const Options& options, const model::SamplerContext& context);

 private:
  void walk(GradientChain& chain) override;
  double target_acceptance_;
};

}  // namespace scorefield::samplers
