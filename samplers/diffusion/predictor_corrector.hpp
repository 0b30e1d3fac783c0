#pragma once
/// Predictor-corrector reverse diffusion.

#include "samplers/diffusion/diffusion_sampler.hpp"

namespace scorefield::samplers {

struct PredictorCorrectorOptions : DiffusionOptions {
  double signal_to_noise = 0.16;
  std::int64_t corrector_steps = 1;
};

/// A predictor goes down a level, x += d s + sqrt(d) z with d = sigma_i^2 - sigma_(i+1)^2; correctors then walk on that
/// level, x += e s + sqrt(2 e) z with e = 2 (r |z| / |s|)^2, |z|^2 = the number of cells (Song et al. 2021,
/// arXiv:2011.13456, algorithms 2 and 4). |s| is that of the field itself, never a mean over a batch: a sample must
/// not depend on the others. The steps e of a trajectory are in /sampler/step_sizes.
class PredictorCorrector final : public DiffusionSampler {
 public:
  using Options = PredictorCorrectorOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint();
    common.shared += model::Footprint{.spectral_fields = 1.0};
    return common;
  }
  PredictorCorrector(const Options& options, const model::SamplerContext& context);

 private:
  void descend(DiffusionChain& chain, std::int64_t i) override;
  [[nodiscard]] std::int64_t recorded() const override { return (steps() - 1) * corrector_steps_; }
  /// Collective. |D - x|^2.
  [[nodiscard]] double square_of_move(DiffusionChain& chain);

  double signal_to_noise_;
  std::int64_t corrector_steps_;
  model::DualField move_;
};

}  // namespace scorefield::samplers
