#pragma once
/// Metropolis-adjusted annealing, with weights.

#include <memory>
#include <vector>

#include "model/preconditioner.hpp"
#include "samplers/diffusion/diffusion_sampler.hpp"

namespace scorefield::samplers {

struct AnnealedMalaOptions : DiffusionOptions {
  std::int64_t steps_per_level = 5;
  std::optional<double> step_size;
};

/// On each noise level some steps of MALA on E(y; sigma), preconditioned by v(k) + sigma^2; then one level down. Needs
/// a score that is the gradient of an energy. The draw is the state at the lowest level, without final denoising: in
/// the limit of many steps there its law is exp(-E(y; sigma_min)), whatever came before.
///
/// With finitely many it is a weighted draw of that law: annealed importance sampling (Neal 2001, eq. 9; arXiv:
/// physics/9803008) from N(mean, v + sigma_0^2) gives each trajectory the weight
///
///   log w = -E(y_0; sigma_0) - log N(y_0) + sum over levels of E(y; sigma_(l-1)) - E(y; sigma_l)
///
/// where y is the state in which level l begins. E w = Z = integral of exp(-E(y; sigma_min)) dy. /sampler/log_weights
/// has those of all trajectories, /sampler/log_z the log of their mean, /sampler/effective_draws (sum w)^2 / sum w^2.
class AnnealedMala final : public DiffusionSampler {
 public:
  using Options = AnnealedMalaOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint();
    common.shared += model::Footprint{.real_fields = 1.0, .spectral_fields = 2.0, .diagonal_fields = 1.0};
    common.chain += model::Footprint{.spectral_fields = 1.0};
    return common;
  }
  AnnealedMala(const Options& options, const model::SamplerContext& context);

  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void refresh(model::Chain& chain) override;
  [[nodiscard]] std::vector<model::Figure> figures(const model::Chain& chain) const override;

 private:
  struct WeightedChain;
  void descend(DiffusionChain& chain, std::int64_t i) override;
  void finish(DiffusionChain& chain) override;
  void prepare(DiffusionChain& chain) override;
  /// Energy of x at a level, with dE/dx in `gradient`.
  reduce::ExactSum evaluate(model::DualField& x, double sigma, model::Vector& gradient);
  /// M = v + sigma^2.
  void precondition(double sigma);
  /// log N(x; mean, v + sigma_0^2).
  [[nodiscard]] double log_first_density(model::DualField& x);

  std::int64_t steps_per_level_;
  double step_size_;
  model::Preconditioner preconditioner_;
  base::LineView root_;
  model::DualField proposal_;
  model::Vector gradient_;
};

}  // namespace scorefield::samplers
