#pragma once
/// Preconditioned Langevin dynamics in Fourier space, with and without Metropolis test.

#include <optional>
#include <string>

#include "model/components.hpp"

namespace scorefield::samplers {

/// A Langevin chain: the state's modes, and the gradient there.
class LangevinChain final : public model::Chain {
 public:
  using Chain::Chain;
  void visit(io::Archive& archive) override;

  double step_size = 0.0;
  // Dual averaging (Hoffman & Gelman 2014, sec. 3.2): error average and averaged log step.
  double mean_error = 0.0;
  double mean_log_step = 0.0;
  // Recomputed from the state, see Sampler::refresh.
  grid::SpectralField gradient;
};

/// Options that ula and mala share.
struct LangevinOptions {
  std::string preconditioner = "fourier";
  std::string start = "prior";
};

/// What ula and mala share: x' = x - h M g + sqrt(2 h M) xi with g = dE/dx and a Fourier-diagonal M, all in Fourier
/// space, so that the prior needs no transform.
class Langevin : public model::Sampler {
 public:
  /// Shared: preconditioner, proposal and gradient in both spaces. Each chain: state in both spaces, and gradient.
  static model::SamplerFootprint footprint(const LangevinOptions& /*options*/,
                                           const model::Components& /*components*/) {
    return {.shared = {.real_fields = 2.0, .spectral_fields = 2.0, .diagonal_fields = 1.0},
            .chain = {.real_fields = 1.0, .spectral_fields = 2.0}};
  }
  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  void refresh(model::Chain& chain) override;

 protected:
  Langevin(const model::SamplerContext& context, const LangevinOptions& options, double step_size);

  /// Writes the proposal y of the next step.
  void propose(LangevinChain& chain);
  /// Energy of y; its gradient is left in gradient_sum_.
  reduce::ExactSum evaluate_proposal();
  /// Makes y the chain's state.
  void accept(LangevinChain& chain, const reduce::ExactSum& energy);
  /// Correction of the energy difference by the proposal densities, log q(y -> x) - log q(x -> y).
  [[nodiscard]] reduce::ExactSum log_proposal_ratio(LangevinChain& chain);
  [[nodiscard]] bool is_divergent(double energy) const;

  const grid::Domain& domain_;
  model::Target& target_;
  std::uint64_t seed_;
  std::int64_t warmup_;

 private:
  base::DiagonalView preconditioner_;
  std::string start_;
  double first_step_size_;
  model::DualField proposal_;
  model::DualSum gradient_sum_;
};

struct UlaOptions : LangevinOptions {
  double step_size = 0.02;
};

/// Unadjusted Langevin algorithm. Biased: on a Gaussian of variance v along a mode it samples v / (1 - h / (2 v)) for M
/// = 1.
class Ula final : public Langevin {
 public:
  using Options = UlaOptions;
  static deck::Schema<Options> schema();
  Ula(const Options& options, const model::SamplerContext& context);
  void step(model::Chain& chain) override;
  [[nodiscard]] bool is_biased() const override { return true; }
};

struct MalaOptions : LangevinOptions {
  std::optional<double> step_size;
  double target_acceptance = 0.574;
};

/// Metropolis-adjusted Langevin algorithm; the step size is adapted in warm-up by dual averaging, then frozen.
class Mala final : public Langevin {
 public:
  using Options = MalaOptions;
  static deck::Schema<Options> schema();
  Mala(const Options& options, const model::SamplerContext& context);
  void step(model::Chain& chain) override;
  [[nodiscard]] std::string status(const model::Chain& chain) const override;

 private:
  void adapt(LangevinChain& chain) const;

  std::optional<double> fixed_step_size_;
  double target_acceptance_;
  double initial_log_step_;
};

}  // namespace scorefield::samplers
