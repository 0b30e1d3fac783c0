#pragma once
/// Hamiltonian Monte Carlo.

#include "samplers/common/trajectory.hpp"

namespace scorefield::samplers {

struct HmcOptions : TrajectoryOptions {};

/// Whitened momenta u ~ N(0, 1), leapfrog steps of x by M^(1/2) u, Metropolis test on H = E + u^2 / 2 (Duane et al.
/// 1987; Neal 2011). The number of leapfrog steps is drawn anew for every step, so that no mode is periodic in it.
class Hmc final : public GradientSampler {
 public:
  using Options = HmcOptions;
  static deck::Schema<Options> schema();
  /// Also a momentum.
  static model::ChainFootprint footprint(const Options& options, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint(options);
    common.shared.spectral_fields += 1.0;
    return common;
  }
  Hmc(const Options& options, const model::SamplerContext& context);

 private:
  void walk(GradientChain& chain) override;
  double target_acceptance_;
  PathLength path_length_;
  model::Vector momentum_;
};

}  // namespace scorefield::samplers
