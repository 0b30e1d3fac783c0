#include "samplers/metropolis/random_walk.hpp"

#include <cmath>

namespace scorefield::samplers {

deck::Schema<RandomWalkOptions> RandomWalk::schema() {
  auto schema = deck::Schema<Options>("random_walk", "Random-walk Metropolis: no gradient; exact for any step size.");
  schema.reference("Metropolis et al. 1953; Roberts, Gelman & Gilks 1997")
      .example("{type: random_walk, step_size: 0.1}")
      .option("step_size", &Options::step_size,
              {.unit = "1",
               .doc = "standard deviation of a step, in units of the preconditioner",
               .above = 0.0,
               .auto_doc = "adapted in warm-up to target_acceptance, then frozen"})
      .option("target_acceptance", &Options::target_acceptance,
              {.unit = "1", .doc = "mean acceptance that warm-up aims at", .above = 0.0, .below = 1.0});
  return with_gradient_options(std::move(schema));
}

RandomWalk::RandomWalk(const Options& options, const model::SamplerContext& context)
    : GradientSampler(context, options,
                      {options.step_size, 2.38 / std::sqrt(std::max(1.0, context.target.degrees_of_freedom()))}),
      target_acceptance_(options.target_acceptance),
      noise_(preconditioner_.make_vector("step")) {}

void RandomWalk::walk(GradientChain& chain) {
  const model::Space space = preconditioner_.space();
  preconditioner_.white(stream(chain, noise::Purpose::proposal), noise_.data());
  proposal_.copy_from(chain.x, space);
  preconditioner_.add_root(chain.step_size, noise_.data(), proposal_.change(space));
  const reduce::ExactSum energy = target_.evaluate(proposal_, nullptr);
  if (is_accepted(chain, energy.value(), (chain.energy - energy).value())) {
    std::swap(chain.x, proposal_);
    chain.energy = energy;
  }
  adapt(chain, target_acceptance_);
}

}  // namespace scorefield::samplers
