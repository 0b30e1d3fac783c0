#pragma once
/// The probability-flow ODE.

#include <array>
#include <vector>

#include "samplers/diffusion/diffusion_sampler.hpp"

namespace scorefield::samplers {

struct ProbabilityFlowOptions : DiffusionOptions {
  std::string method = "heun";
  double churn = 0.0;
  double churn_min = 0.0;
  std::optional<double> churn_max;
  double churn_noise = 1.0;
  double tolerance = 1e-4;
};

/// The ODE whose solutions have the density p_sigma at every sigma: dx/dsigma = -sigma s = (x - D) / sigma (Song et al.
/// 2021, arXiv:2011.13456, eq. 13; Karras et al. 2022, arXiv:2206.00364, eq. 1). From level to level by
///
///   euler           one evaluation of D a step
///   heun            two; with churn, noise is added before each step (Karras et al. 2022, algorithm 2)
///   dpm_solver_2m   one, with that of the step before: exact where D is linear in ln sigma (Lu et al. 2022,
///                   arXiv:2211.01095, algorithm 2)
///   rk45            Dormand-Prince 5(4) in ln sigma, as many steps between two levels as the tolerance asks for: the
///                   root mean square error of each below tolerance x that of the state
class ProbabilityFlow final : public DiffusionSampler {
 public:
  using Options = ProbabilityFlowOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& options, const model::Components& components);
  ProbabilityFlow(const Options& options, const model::SamplerContext& context);
  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;

 private:
  enum class Method { euler, heun, multistep, adaptive };

  void descend(DiffusionChain& chain, std::int64_t i) override;
  /// Each from sigma to next.
  void heun(DiffusionChain& chain, double sigma, double next);
  void multistep(DiffusionChain& chain, std::int64_t i);
  void adaptive(DiffusionChain& chain, double sigma, double next);
  /// Adds noise from level sigma to the level that it returns.
  double churn(DiffusionChain& chain, double sigma);
  /// rate = dx/d ln sigma = x - D.
  void rate(DiffusionChain& chain, model::DualField& x, double log_sigma, model::DualField& rate);
  /// y = x + sum of weights times rates.
  template <std::size_t n>
  void advance(model::DualField& x, const std::array<double, n>& weights, model::DualField& y);

  Options options_;
  Method method_;
  std::vector<model::DualField> work_;
};

}  // namespace scorefield::samplers
