#include "samplers/hamiltonian/hmc.hpp"

#include <algorithm>
#include <cmath>

#include "noise/philox.hpp"

namespace scorefield::samplers {

deck::Schema<HmcOptions> Hmc::schema() {
  auto schema = deck::Schema<Options>("hmc", "Hamiltonian Monte Carlo with leapfrog steps: exact for any step size.");
  schema.reference("Duane et al. 1987; Neal 2011")
      .example("{type: hmc, step_size: 0.1, leapfrog_steps: 10}")
      .option("step_size", &Options::step_size,
              {.unit = "1",
               .doc = "of a leapfrog step, in units of the preconditioner",
               .above = 0.0,
               .auto_doc = "adapted in warm-up to target_acceptance, then frozen"});
  return with_trajectory_options(std::move(schema));
}

Hmc::Hmc(const Options& options, const model::SamplerContext& context)
    : GradientSampler(context, options, {options.step_size, scaled_leapfrog_step(context.target.degrees_of_freedom())}),
      target_acceptance_(options.target_acceptance),
      path_length_(options.leapfrog_steps, options.jitter),
      momentum_(preconditioner_.make_vector("momentum")) {}

void Hmc::walk(GradientChain& chain) {
  const model::Space space = preconditioner_.space();
  const double h = chain.step_size;
  double* u = momentum_.data();
  preconditioner_.white(stream(chain, noise::Purpose::momentum), u);
  const reduce::ExactSum before = preconditioner_.dot(u, u);
  proposal_.copy_from(chain.x, space);

  reduce::ExactSum energy;
  preconditioner_.add_root(-0.5 * h, chain.gradient.data(), u);
  const std::int64_t steps = path_length_(noise::uniform(stream(chain, noise::Purpose::path_length)));
  for (std::int64_t i = 0; i < steps; ++i) {
    preconditioner_.add_root(h, u, proposal_.change(space));
    energy = evaluate(chain, proposal_);
    if (is_divergent(energy.value())) break;  // the same on all ranks; never accepted
    const double kick = i + 1 < steps ? h : 0.5 * h;
    preconditioner_.add_root(-kick, gradient_sum_.values(space), u);
  }
  const reduce::ExactSum after = preconditioner_.dot(u, u);
  const double log_ratio = (chain.energy - energy).value() + 0.5 * (before - after).value();
  if (!(log_ratio > -largest_error)) note_divergence(chain);
  note_momenta(chain, before);
  if (is_accepted(chain, energy.value(), log_ratio)) accept(chain, energy);
  adapt(chain, target_acceptance_);
}

}  // namespace scorefield::samplers
