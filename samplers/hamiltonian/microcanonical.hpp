#pragma once
/// Microcanonical Langevin Monte Carlo, unadjusted and Metropolis-adjusted.

#include "samplers/common/trajectory.hpp"

namespace scorefield::samplers {

/// The isokinetic dynamics of Robnik et al. 2023 in d free dimensions, with whitened directions u of unit length:
/// dx = M^(1/2) u dt, du = -(1 - u u^T) M^(1/2) g / (d - 1) dt. `steps` leapfrog steps of size h on (x, u).
class Isokinetic {
 public:
  Isokinetic(const model::Preconditioner& preconditioner, double dimensions)
      : preconditioner_(preconditioner), dimensions_(dimensions) {}

  /// Scales u to unit length. Collective.
  void normalise(double* u) const;
  /// Exact flow of u under a constant gradient for time h; returns (d - 1) log of the change of the velocity's norm,
  /// the kinetic part of the energy error. Collective.
  [[nodiscard]] double kick(double h, const double* gradient, double* u) const;

 private:
  const model::Preconditioner& preconditioner_;
  double dimensions_;
};

struct MclmcOptions : GradientOptions {
  std::optional<double> step_size;
  std::optional<double> decoherence_length;
  double energy_variance = 5e-4;
};

/// A chain with a direction of unit length, which is part of its state.
class MclmcChain final : public GradientChain {
 public:
  using GradientChain::GradientChain;
  void visit(io::Archive& archive) override;
  model::Vector direction;
  double weighted_square = 0.0;  ///< running averages of the adaptation
  double weight = 0.0;
};

/// MCLMC without accept test (Robnik, De Luca, Silverstein & Seljak 2023): biased. The step size is adapted in warm-up
/// so that the variance of the energy error per dimension is `energy_variance`, then frozen. A small R-hat does not
/// show the bias: compare with an exact sampler.
class Mclmc final : public GradientSampler {
 public:
  using Options = MclmcOptions;
  static deck::Schema<Options> schema();
  /// Also the direction of the step; chains have a direction as well.
  static model::ChainFootprint footprint(const Options& options, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint(options);
    common.shared.spectral_fields += 1.0;
    common.chain.spectral_fields += 1.0;
    return common;
  }
  Mclmc(const Options& options, const model::SamplerContext& context);
  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  [[nodiscard]] bool is_biased() const override { return true; }

 private:
  void walk(GradientChain& chain) override;
  void restart_adaptation(GradientChain& chain) const override;
  void adapt_step(MclmcChain& chain, double energy_error) const;

  double dimensions_, length_, energy_variance_;
  model::Vector direction_;
};

struct AdjustedMclmcOptions : TrajectoryOptions {};

/// Metropolis-adjusted MCLMC: a fresh direction, a path of isokinetic leapfrog steps, an accept test on its energy
/// error: exact (Robnik, Cohn-Gordon & Seljak 2025).
class AdjustedMclmc final : public GradientSampler {
 public:
  using Options = AdjustedMclmcOptions;
  static deck::Schema<Options> schema();
  /// Also a direction.
  static model::ChainFootprint footprint(const Options& options, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint(options);
    common.shared.spectral_fields += 1.0;
    return common;
  }
  AdjustedMclmc(const Options& options, const model::SamplerContext& context);

 private:
  void walk(GradientChain& chain) override;
  double dimensions_, target_acceptance_;
  PathLength path_length_;
  model::Vector direction_;
};

}  // namespace scorefield::samplers
