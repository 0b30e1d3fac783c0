#pragma once
/// Annealed Langevin dynamics.

#include "samplers/diffusion/diffusion_sampler.hpp"

namespace scorefield::samplers {

struct AnnealedLangevinOptions : DiffusionOptions {
  std::int64_t steps_per_level = 5;
  std::optional<double> step_size;
};

/// On each level sigma some steps of unadjusted Langevin dynamics, x += a s + sqrt(2 a) z with a = eta sigma^2, then
/// one level down; at the end the final denoising (Song & Ermon 2019, arXiv:1907.05600, algorithm 1; 2020,
/// arXiv:2006.09011). In the papers' words eta = epsilon / sigma_L^2.
class AnnealedLangevin final : public DiffusionSampler {
 public:
  using Options = AnnealedLangevinOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return common_footprint();
  }
  AnnealedLangevin(const Options& options, const model::SamplerContext& context);
  [[nodiscard]] std::vector<model::Figure> figures(const model::Chain& chain) const override;

  /// The eta that brings pure noise of variance gamma^2 sigma^2, where the level above leaves it, nearest to sigma^2 in
  /// `steps` steps (Song & Ermon 2020, technique 4).
  [[nodiscard]] static double best_step_size(double gamma, std::int64_t steps);

 private:
  void descend(DiffusionChain& chain, std::int64_t i) override;
  void finish(DiffusionChain& chain) override;
  void walk(DiffusionChain& chain, double sigma);

  double step_size_;
};

}  // namespace scorefield::samplers
