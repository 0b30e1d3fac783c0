#include "samplers/common/gradient_sampler.hpp"

#include <cmath>

#include "base/errors.hpp"
#include "noise/philox.hpp"
#include "samplers/exact/conjugate_gradient.hpp"

namespace scorefield::samplers {

void GradientChain::visit(io::Archive& archive) {
  Chain::visit(archive);
  archive.scalar("step_size", step_size);
  adaptation.visit(archive);
  if (metric) metric->visit(archive);
}

namespace {

model::Preconditioner first_preconditioner(const model::SamplerContext& context, const GradientOptions& options) {
  model::refuse_symbols(context.target, "this sampler", "use sampler.type 'metropolis' or 'heat_bath'");
  if (options.is_metric_adapted()) {
    if (context.warmup < AdaptationWindows::least_warmup) {
      throw base::DeckError("sampler.preconditioner '" + *options.preconditioner + "' is learned in the warm-up, and " +
                                std::to_string(context.warmup) + " steps teach nothing",
                            "set run.warmup to some hundred steps");
    }
    const auto space = options.preconditioner == "diagonal" ? model::Space::real : model::Space::fourier;
    return model::Preconditioner::unit(context.domain, context.target, space);
  }
  if (options.preconditioner == "spectrum") {
    const auto spectrum = context.all_components().spectra.build(
        options.spectrum, model::BuildContext{context.all_components(), context.domain, context.seed});
    return model::Preconditioner::of_power(context.domain, context.target, [&](double k) { return spectrum->at(k); });
  }
  return model::Preconditioner::of(context.domain, context.target, options.preconditioner);
}

}  // namespace

GradientSampler::GradientSampler(const model::SamplerContext& context, const GradientOptions& options,
                                 const StepSize& step_size)
    : domain_(context.domain),
      target_(context.target),
      seed_(context.seed),
      warmup_(context.warmup),
      preconditioner_(first_preconditioner(context, options)),
      proposal_(context.domain, "proposal", context.target.components()),
      gradient_sum_(context.domain, "gradient", context.target.components()),
      start_(options.start),
      step_size_(step_size),
      is_step_adapted_(!step_size.given),
      is_metric_adapted_(options.is_metric_adapted()) {}

void GradientSampler::set_up(GradientChain& chain) const {
  chain.step_size = step_size_.given.value_or(step_size_.scaled);
  chain.adaptation.restart(step_size_.scaled);
  if (is_metric_adapted_) chain.metric.emplace(preconditioner_, domain_, target_.components(), warmup_);
}

void GradientSampler::step(model::Chain& base_chain) {
  auto& chain = static_cast<GradientChain&>(base_chain);
  if (chain.metric) preconditioner_.set_root(chain.metric->root());
  walk(chain);
  if (chain.metric && chain.metric->learn(chain.step, chain.x) && is_step_adapted_) restart_adaptation(chain);
  ++chain.step;
}

void GradientSampler::restart_adaptation(GradientChain& chain) const {
  chain.step_size = step_size_.scaled;
  chain.adaptation.restart(step_size_.scaled);
}

std::unique_ptr<model::Chain> GradientSampler::make_chain(std::int64_t id) { return make<GradientChain>(id); }

void GradientSampler::start(model::Chain& chain) {
  const auto id = static_cast<std::uint32_t>(chain.id);
  if (start_ == "prior") {
    target_.draw_prior({.seed = seed_, .purpose = noise::Purpose::start, .chain = id}, chain.x);
  } else if (start_ == "exact") {
    model::LinearGaussian* quadratic = target_.linear_gaussian();
    if (quadratic == nullptr) {
      throw base::DeckError("sampler.start 'exact' needs a target whose energy is a quadratic form",
                            "use 'start: prior'");
    }
    // A draw of its own: no gaussian_exact run ever comes to this step of the stream.
    constexpr std::uint64_t last_step = (std::uint64_t{1} << 40) - 1;
    gradient_sum_.clear();
    quadratic->add_information(gradient_sum_);
    quadratic->add_perturbation({.seed = seed_, .chain = id, .step = last_step}, gradient_sum_);
    ConjugateGradient(domain_, *quadratic, model::fourier_preconditioner(domain_, target_), target_.components())
        .solve(gradient_sum_.fourier(), chain.x.set_fourier(), 1e-10, 10000);
  } else {
    chain.x.set_fourier().fill(0.0);
  }
  // A checkpoint keeps the state in this space: a chain that goes on before it has moved must not find other bits.
  chain.x.change(chain.space);
}

void GradientSampler::refresh(model::Chain& chain) {
  gradient_sum_.clear();
  chain.energy = target_.evaluate(chain.x, &gradient_sum_);
  gradient_sum_.take(static_cast<GradientChain&>(chain).gradient);
  refuse_lost_energy(chain);
}

void GradientSampler::refuse_lost_energy(const model::Chain& chain) {
  if (std::isfinite(chain.energy.value())) return;
  throw base::NumericsError(
      "the energy of chain " + std::to_string(chain.id) + " is not finite at step " + std::to_string(chain.step),
      chain.step == 0 ? "the first state has no density: try 'start: zero', or for counts the prior "
                        "'lognormal_field', whose draws stay above -1"
                      : "reduce sampler.step_size or check the data");
}

reduce::ExactSum GradientSampler::evaluate(model::Chain& chain, model::DualField& x) {
  ++chain.gradients;
  gradient_sum_.clear();
  return target_.evaluate(x, &gradient_sum_);
}

void GradientSampler::accept(GradientChain& chain, const reduce::ExactSum& energy) {
  std::swap(chain.x, proposal_);
  gradient_sum_.take(chain.gradient);
  chain.energy = energy;
}

bool GradientSampler::is_accepted(model::Chain& chain, double energy, double log_ratio) const {
  // A proposal without finite energy has probability zero.
  chain.acceptance = is_divergent(energy) || std::isnan(log_ratio) ? 0.0 : std::min(1.0, std::exp(log_ratio));
  return noise::uniform(stream(chain, noise::Purpose::accept)) < chain.acceptance;
}

bool GradientSampler::adapts_step(const model::Chain& chain) const { return is_step_adapted_ && chain.step < warmup_; }

void GradientSampler::adapt(GradientChain& chain, double target_acceptance) const {
  if (!adapts_step(chain)) return;
  const std::int64_t begin = chain.metric ? chain.metric->windows().stretch_of(chain.step) : 0;
  chain.step_size = chain.adaptation.next_step_size(chain.step - begin, warmup_ - begin, step_size_.scaled,
                                                    chain.acceptance, target_acceptance);
}

bool GradientSampler::is_divergent(double energy) const {
  return !std::isfinite(energy) || energy > 1e8 * std::max(1.0, target_.degrees_of_freedom());
}

void GradientSampler::refuse_divergence(const model::Chain& chain, double energy) const {
  if (!is_divergent(energy)) return;
  throw base::NumericsError("the sampler diverged: the energy of chain " + std::to_string(chain.id) + " would be " +
                                std::to_string(energy) + " after step " + std::to_string(chain.step + 1),
                            "try a smaller sampler.step_size");
}

noise::Stream GradientSampler::stream(const model::Chain& chain, noise::Purpose purpose) const {
  return {.seed = seed_,
          .purpose = purpose,
          .chain = static_cast<std::uint32_t>(chain.id),
          .step = static_cast<std::uint64_t>(chain.step)};
}

std::string GradientSampler::status(const model::Chain& chain) const {
  return "step_size " + std::to_string(static_cast<const GradientChain&>(chain).step_size);
}

}  // namespace scorefield::samplers
