#pragma once
/// Underdamped (kinetic) Langevin dynamics by splitting.

#include "samplers/common/gradient_sampler.hpp"

namespace scorefield::samplers {

struct UnderdampedOptions : GradientOptions {
  double step_size = 0.2;
  double friction = 1.0;
  std::string splitting = "BAOAB";
};

/// A chain with a velocity, which is part of its state.
class UnderdampedChain final : public GradientChain {
 public:
  using GradientChain::GradientChain;
  void visit(io::Archive& archive) override;
  model::Vector velocity;  ///< whitened: N(0, 1) in equilibrium
};

/// dx = M^(1/2) u dt, du = -M^(1/2) g dt - friction u dt + sqrt(2 friction) dW, by the exact flows of its parts: A (x
/// moves), B (u is kicked), O (u forgets). Each letter of the splitting acts for step_size over the number of times
/// that it occurs (Leimkuhler & Matthews 2013). Biased by the step size, without accept test; on a Gaussian the bias is
/// known for every splitting: x exact for BAOAB, ABOBA and BAOA, 1 / (1 - h^2 k / 4) too wide for OBABO.
class Underdamped final : public GradientSampler {
 public:
  using Options = UnderdampedOptions;
  static deck::Schema<Options> schema();
  /// Also velocity and gradient of the step; chains have a velocity as well.
  static model::ChainFootprint footprint(const Options& options, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint(options);
    common.shared.spectral_fields += 2.0;
    common.chain.spectral_fields += 1.0;
    return common;
  }
  Underdamped(const Options& options, const model::SamplerContext& context);
  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  [[nodiscard]] bool is_biased() const override { return true; }

 private:
  void walk(GradientChain& chain) override;
  double friction_;
  std::string splitting_;
  model::Vector velocity_, gradient_;
};

}  // namespace scorefield::samplers
