#include "samplers/diffusion/probability_flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.hpp"
#include "reduce/rows.hpp"

namespace scorefield::samplers {

namespace {

/// Dormand & Prince 1980: stages, and the fifth-order weights less the fourth-order ones.
constexpr std::array<double, 6> times{1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1.0, 1.0};
constexpr std::array<double, 1> stage2{1.0 / 5};
constexpr std::array<double, 2> stage3{3.0 / 40, 9.0 / 40};
constexpr std::array<double, 3> stage4{44.0 / 45, -56.0 / 15, 32.0 / 9};
constexpr std::array<double, 4> stage5{19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729};
constexpr std::array<double, 5> stage6{9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656};
constexpr std::array<double, 6> fifth{35.0 / 384, 0.0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84};
constexpr std::array<double, 7> error_weights{71.0 / 57600,      0.0,        -71.0 / 16695, 71.0 / 1920,
                                              -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

/// Fields beside the state and the denoised one.
std::size_t work_fields(const std::string& method) { return method == "rk45" ? 9 : method == "heun" ? 2 : 0; }

/// A chain that keeps the denoised field of its last step, and the step size of an adaptive method.
class FlowChain final : public DiffusionChain {
 public:
  using DiffusionChain::DiffusionChain;
  void visit(io::Archive& archive) override {
    DiffusionChain::visit(archive);
    archive.scalar("ode_step", ode_step);
    if (!previous) return;
    model::visit_spectrum(archive, "previous_modes", x.domain(),
                          archive.loading() ? previous->set_fourier() : previous->fourier());
  }
  double ode_step = 0.0;  // in ln sigma; 0: not known yet
  std::optional<model::DualField> previous;
};

}  // namespace

deck::Schema<ProbabilityFlowOptions> ProbabilityFlow::schema() {
  auto schema = deck::Schema<Options>(
      "probability_flow", "The probability-flow ODE: noise to data without randomness but that of the start.");
  schema.reference("Song et al. 2021, arXiv:2011.13456; Karras et al. 2022, arXiv:2206.00364; Lu et al. 2022")
      .example("{type: probability_flow, method: heun, schedule: {type: edm, rho: 7.0}}")
      .option("method", &Options::method,
              {.doc = "heun (two evaluations a step), euler, dpm_solver_2m (one evaluation, second order) or rk45 "
                      "(adaptive between the levels)",
               .choices = {"heun", "euler", "dpm_solver_2m", "rk45"}})
      .option("churn", &Options::churn,
              {.unit = "1", .doc = "S_churn: noise added before each step of heun or euler", .min = 0.0})
      .option("churn_min", &Options::churn_min,
              {.unit = "unit of the field", .doc = "S_min: no churn below this noise level", .min = 0.0})
      .option("churn_max", &Options::churn_max,
              {.unit = "unit of the field", .doc = "S_max: no churn above", .above = 0.0, .auto_doc = "no limit"})
      .option("churn_noise", &Options::churn_noise, {.unit = "1", .doc = "S_noise: factor of that noise", .above = 0.0})
      .option("tolerance", &Options::tolerance,
              {.unit = "1", .doc = "of rk45: error of a step relative to the state", .above = 0.0, .below = 1.0})
      .check([](const Options& o, const auto& report) {
        if (o.churn > 0.0 && o.method != "heun" && o.method != "euler") report("churn", "is for heun and euler");
      });
  return with_diffusion_options(std::move(schema));
}

model::ChainFootprint ProbabilityFlow::footprint(const Options& options, const model::Components& /*components*/) {
  model::ChainFootprint common = common_footprint();
  const auto fields = static_cast<double>(work_fields(options.method));
  common.shared += model::Footprint{.real_fields = fields, .spectral_fields = fields};
  if (options.method == "dpm_solver_2m") common.chain += model::Footprint{.spectral_fields = 1.0};
  return common;
}

ProbabilityFlow::ProbabilityFlow(const Options& options, const model::SamplerContext& context)
    : DiffusionSampler(context, options, "probability_flow"),
      options_(options),
      method_(options.method == "heun"            ? Method::heun
              : options.method == "euler"         ? Method::euler
              : options.method == "dpm_solver_2m" ? Method::multistep
                                                  : Method::adaptive) {
  for (std::size_t i = 0; i < work_fields(options.method); ++i) {
    work_.emplace_back(context.domain, fmt::format("probability flow {}", i), context.target.components());
  }
}

std::unique_ptr<model::Chain> ProbabilityFlow::make_chain(std::int64_t id) {
  auto chain = std::make_unique<FlowChain>(id, domain_, target_.components());
  if (method_ == Method::multistep) {
    chain->previous.emplace(domain_, "denoised before", target_.components());
    chain->previous->set_fourier().fill(0.0);
  }
  return chain;
}

void ProbabilityFlow::descend(DiffusionChain& chain, std::int64_t i) {
  const double next = level(i + 1);
  if (method_ == Method::multistep) return multistep(chain, i);
  if (method_ == Method::adaptive) {
    if (i == 0) static_cast<FlowChain&>(chain).ode_step = 0.0;
    return adaptive(chain, level(i), next);
  }
  heun(chain, churn(chain, level(i)), next);
}

double ProbabilityFlow::churn(DiffusionChain& chain, double sigma) {
  constexpr double most = 0.41421356237309503;  // sqrt(2) - 1: at most as much noise again
  if (options_.churn == 0.0 || sigma < options_.churn_min ||
      sigma > options_.churn_max.value_or(std::numeric_limits<double>::infinity())) {
    return sigma;
  }
  const double raised = sigma * (1.0 + std::min(options_.churn / static_cast<double>(steps()), most));
  mix(chain.x, 1.0, chain.x, 0.0, std::sqrt(raised * raised - sigma * sigma) * options_.churn_noise,
      stream(chain, noise::Purpose::proposal));
  return raised;
}

void ProbabilityFlow::heun(DiffusionChain& chain, double sigma, double next) {
  denoise(chain, chain.x, sigma);
  const double euler = (next - sigma) / sigma;
  if (method_ == Method::euler) return mix(chain.x, 1.0 + euler, denoised_, -euler);
  model::DualField& first = work_[0];
  first.copy_from(chain.x, model::Space::fourier);
  mix(first, 1.0 + euler, denoised_, -euler);
  // x + (next - sigma) (d + d') / 2 with d = (x - D) / sigma and d' = (first - D') / next.
  mix(chain.x, 1.0 + 0.5 * euler, denoised_, -0.5 * euler);
  denoise(chain, first, next);
  const double half = 0.5 * (next - sigma) / next;
  mix(first, 1.0, denoised_, -1.0);  // mean + first - D'
  mix(chain.x, 1.0, first, half);
}

void ProbabilityFlow::multistep(DiffusionChain& chain, std::int64_t i) {
  model::DualField& previous = *static_cast<FlowChain&>(chain).previous;
  denoise(chain, chain.x, level(i));
  const double keep = level(i + 1) / level(i);
  if (i == 0) {
    mix(chain.x, keep, denoised_, 1.0 - keep);
  } else {
    // D is continued linearly in ln sigma to the middle of the step.
    const double ahead = 0.5 * std::log(keep) / std::log(level(i) / level(i - 1));
    mix(chain.x, keep, denoised_, (1.0 - keep) * (1.0 + ahead));
    mix(chain.x, 1.0, previous, -(1.0 - keep) * ahead);
  }
  std::swap(previous, denoised_);
  previous.change(model::Space::fourier);  // what a checkpoint holds
}

void ProbabilityFlow::rate(DiffusionChain& chain, model::DualField& x, double log_sigma, model::DualField& rate) {
  denoise(chain, x, std::exp(log_sigma));
  rate.copy_from(x, model::Space::fourier);
  mix(rate, 1.0, denoised_, -1.0);  // mean + x - D: mix() takes the mean off again
}

template <std::size_t n>
void ProbabilityFlow::advance(model::DualField& x, const std::array<double, n>& weights, model::DualField& y) {
  if (&x != &y) y.copy_from(x, model::Space::fourier);
  for (std::size_t k = 0; k < n; ++k) {
    if (weights[k] != 0.0) mix(y, 1.0, work_[k], weights[k]);
  }
}

void ProbabilityFlow::adaptive(DiffusionChain& chain, double sigma, double next) {
  double& h = static_cast<FlowChain&>(chain).ode_step;
  model::DualField& trial = work_[7];
  model::DualField& error = work_[8];
  const double end = std::log(next);
  double t = std::log(sigma);
  const double first = std::min(0.1, t - end);
  if (h == 0.0) h = first;
  rate(chain, chain.x, t, work_[0]);
  while (t > end) {
    const bool is_last = t - h <= end + 1e-12;
    const double step = is_last ? end - t : -h;
    const auto scaled = [&](auto weights) {
      for (double& w : weights) w *= step;
      return weights;
    };
    const auto stage = [&](const auto& weights, std::size_t k) {
      advance(chain.x, scaled(weights), trial);
      rate(chain, trial, t + times[k - 1] * step, work_[k]);
    };
    stage(stage2, 1);
    stage(stage3, 2);
    stage(stage4, 3);
    stage(stage5, 4);
    stage(stage6, 5);
    stage(fifth, 6);  // trial is the result
    error.set_fourier().fill(0.0);
    advance(error, scaled(error_weights), error);
    const double square = reduce::dot(domain_, error.fourier(), error.fourier()).value();
    const double size = reduce::dot(domain_, trial.fourier(), trial.fourier()).value();
    const double excess = std::sqrt(square / size) / options_.tolerance;
    if (!std::isfinite(excess)) throw base::NumericsError("the probability flow is not finite", "check the target");
    if (excess <= 1.0) {
      t = is_last ? end : t + step;
      std::swap(chain.x, trial);
      std::swap(work_[0], work_[6]);  // the last rate is the first of the next step
    }
    // An end that cut a step short says nothing against the step that was meant.
    const double factor = std::clamp(0.9 * std::pow(std::max(excess, 1e-10), -0.2), 0.2, 5.0);
    if (excess > 1.0 || !is_last) h = factor * std::abs(step);
    if (h < 1e-10) throw base::NumericsError("the probability flow needs steps below 1e-10", "raise sampler.tolerance");
  }
}

}  // namespace scorefield::samplers
