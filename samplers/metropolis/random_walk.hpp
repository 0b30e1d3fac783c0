#pragma once
/// Random-walk Metropolis.

#include "samplers/common/gradient_sampler.hpp"

namespace scorefield::samplers {

struct RandomWalkOptions : GradientOptions {
  std::optional<double> step_size;
  double target_acceptance = 0.234;
};

/// x' = x + s M^(1/2) xi with a Metropolis test: needs no gradient, and steps of order d^(-1/2) (Roberts, Gelman &
/// Gilks 1997). The baseline that gradients must beat.
class RandomWalk final : public GradientSampler {
 public:
  using Options = RandomWalkOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& options, const model::Components& /*components*/) {
    return common_footprint(options);
  }
  RandomWalk(const Options& options, const model::SamplerContext& context);

 private:
  void walk(GradientChain& chain) override;
  double target_acceptance_;
  model::Vector noise_;
};

}  // namespace scorefield::samplers
