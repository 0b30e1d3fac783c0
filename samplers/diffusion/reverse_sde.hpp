#pragma once
/// Reverse diffusion.

#include "samplers/diffusion/diffusion_sampler.hpp"

namespace scorefield::samplers {

struct ReverseSdeOptions : DiffusionOptions {
  std::string sde = "ve";
  std::string method = "euler_maruyama";
};

/// The reverse of the SDE du = f dt + g dw that turns data into noise, du = [f - g^2 s] dt + g dw backwards in time
/// (Song et al. 2021, arXiv:2011.13456), from level to level of the schedule.
///
/// At ratio r = sigma / sd of noise to signal the variable is u = a x + b sd z (around the mean of the field):
///   ve       a = 1, b = r: u is y itself
///   vp       a = 1 / sqrt(1 + r^2), b^2 = 1 - a^2
///   sub_vp   b = 1 - a^2, with a from r = (1 - a^2) / a
/// so every schedule serves every SDE. beta dt = -2 d ln a, f = -beta u / 2; g^2 dt = d(sigma^2) (ve), beta sd^2 dt
/// (vp), beta (1 - a^4) sd^2 dt (sub_vp).
class ReverseSde final : public DiffusionSampler {
 public:
  using Options = ReverseSdeOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return common_footprint();
  }
  ReverseSde(const Options& options, const model::SamplerContext& context);

 private:
  /// Of the variable u at a level.
  struct Scales {
    double a, b;
  };
  [[nodiscard]] Scales scales(double sigma) const;
  /// chain.x from u to y, or back.
  void rescale(DiffusionChain& chain, double factor) const;

  void descend(DiffusionChain& chain, std::int64_t i) override;
  void finish(DiffusionChain& chain) override;
  void prepare(DiffusionChain& chain) override;

  std::string sde_;
  bool is_ancestral_;
  double unit_;  // sd
};

}  // namespace scorefield::samplers
