#include "samplers/langevin/langevin.hpp"

#include <cmath>

namespace scorefield::samplers {

deck::Schema<UlaOptions> Ula::schema() {
  auto schema = deck::Schema<Options>(
      "ula", "Unadjusted Langevin algorithm: no accept test, so a bias of order step_size remains.");
  schema.reference("Roberts & Tweedie 1996")
      .example("{type: ula, step_size: 0.02}")
      .option("step_size", &Options::step_size,
              {.unit = "1",
               .doc = "h, in units of the preconditioner; relative bias of a variance is about h/2",
               .above = 0.0});
  return with_gradient_options(std::move(schema));
}

Ula::Ula(const Options& options, const model::SamplerContext& context)
    : GradientSampler(context, options, {options.step_size, options.step_size}) {}

void Ula::walk(GradientChain& chain) {
  const model::Space space = preconditioner_.space();
  preconditioner_.langevin(chain.step_size, chain.x.values(space), chain.gradient.data(),
                           stream(chain, noise::Purpose::proposal), proposal_.set_values(space));
  const reduce::ExactSum energy = evaluate(chain, proposal_);
  refuse_divergence(chain, energy.value());
  accept(chain, energy);
  chain.acceptance = 1.0;
}

deck::Schema<MalaOptions> Mala::schema() {
  auto schema = deck::Schema<Options>("mala", "Metropolis-adjusted Langevin algorithm: exact for any step size.");
  schema.reference("Roberts & Rosenthal 1998")
      .example("{type: mala, step_size: 0.1}")
      .option("step_size", &Options::step_size,
              {.unit = "1",
               .doc = "h, in units of the preconditioner",
               .above = 0.0,
               .auto_doc = "adapted in warm-up to target_acceptance, then frozen"})
      .option("target_acceptance", &Options::target_acceptance,
              {.unit = "1", .doc = "mean acceptance that warm-up aims at", .above = 0.0, .below = 1.0});
  return with_gradient_options(std::move(schema));
}

namespace {
/// Optimal scaling for d independent normal components (Roberts & Rosenthal 1998): h = l^2 / 2 d^(-1/3), l = 1.65.
double scaled_step(double degrees_of_freedom) { return 1.36 / std::cbrt(std::max(1.0, degrees_of_freedom)); }
}  // namespace

Mala::Mala(const Options& options, const model::SamplerContext& context)
    : GradientSampler(context, options, {options.step_size, scaled_step(context.target.degrees_of_freedom())}),
      target_acceptance_(options.target_acceptance) {}

void Mala::walk(GradientChain& chain) {
  const model::Space space = preconditioner_.space();
  const double h = chain.step_size;
  preconditioner_.langevin(h, chain.x.values(space), chain.gradient.data(), stream(chain, noise::Purpose::proposal),
                           proposal_.set_values(space));
  const reduce::ExactSum energy = evaluate(chain, proposal_);
  const reduce::ExactSum ratio = preconditioner_.proposal_ratio(h, chain.x.values(space), proposal_.values(space),
                                                                chain.gradient.data(), gradient_sum_.values(space));
  if (is_accepted(chain, energy.value(), (chain.energy - energy + ratio).value())) accept(chain, energy);
  adapt(chain, target_acceptance_);
}

}  // namespace scorefield::samplers
