#include "samplers/langevin/underdamped.hpp"

#include <algorithm>
#include <cmath>

namespace scorefield::samplers {

void UnderdampedChain::visit(io::Archive& archive) {
  GradientChain::visit(archive);
  model::visit_vector(archive, "velocity", x.domain(), velocity);
}

deck::Schema<UnderdampedOptions> Underdamped::schema() {
  auto schema = deck::Schema<Options>(
      "underdamped",
      "Underdamped (kinetic) Langevin dynamics by splitting: no accept test, so a bias of order step_size^2 remains.");
  schema.reference("Leimkuhler & Matthews 2013")
      .example("{type: underdamped, step_size: 0.1}")
      .option("step_size", &Options::step_size, {.unit = "1", .doc = "h, in units of the preconditioner", .above = 0.0})
      .option("friction", &Options::friction,
              {.unit = "1", .doc = "gamma: the velocity forgets in time 1 / gamma", .min = 0.0})
      .option("splitting", &Options::splitting,
              {.doc = "order of the moves A (position), B (kick by the gradient), O (friction and noise)",
               .choices = {"BAOAB", "BAOA", "OBABO", "ABOBA", "OABAO"}});
  return with_gradient_options(std::move(schema));
}

Underdamped::Underdamped(const Options& options, const model::SamplerContext& context)
    : GradientSampler(context, options, {options.step_size, options.step_size}),
      friction_(options.friction),
      splitting_(options.splitting),
      velocity_(preconditioner_.make_vector("velocity")),
      gradient_(preconditioner_.make_vector("gradient")) {}

std::unique_ptr<model::Chain> Underdamped::make_chain(std::int64_t id) {
  auto chain = make<UnderdampedChain>(id);
  chain->velocity = preconditioner_.make_vector("velocity");
  return chain;
}

void Underdamped::start(model::Chain& chain) {
  GradientSampler::start(chain);
  preconditioner_.white(stream(chain, noise::Purpose::momentum), static_cast<UnderdampedChain&>(chain).velocity.data());
}

void Underdamped::walk(GradientChain& base_chain) {
  auto& chain = static_cast<UnderdampedChain&>(base_chain);
  const model::Space space = preconditioner_.space();
  const auto share = [&](char letter) {
    return chain.step_size / static_cast<double>(std::count(splitting_.begin(), splitting_.end(), letter));
  };
  // On copies, so that a step that breaks leaves the chain as it was.
  proposal_.copy_from(chain.x, space);
  velocity_.copy_from(chain.velocity);
  double* u = velocity_.data();
  const double* gradient = chain.gradient.data();
  reduce::ExactSum energy;
  bool is_stale = false;  // whether x has moved since energy and gradient were computed
  const auto evaluate_again = [&] {
    if (!is_stale) return;
    energy = evaluate(chain, proposal_);
    refuse_divergence(chain, energy.value());
    gradient_sum_.take(gradient_);
    gradient = gradient_.data();
    is_stale = false;
  };
  auto noise = stream(chain, noise::Purpose::ornstein);
  noise.step *= 2;  // two O moves at most
  for (const char letter : splitting_) {
    if (letter == 'A') {
      preconditioner_.add_root(share('A'), u, proposal_.change(space));
      is_stale = true;
    } else if (letter == 'B') {
      evaluate_again();
      preconditioner_.add_root(-share('B'), gradient, u);
    } else {
      const double keep = std::exp(-friction_ * share('O'));
      preconditioner_.refresh(keep, std::sqrt(1.0 - keep * keep), noise, u);
      ++noise.step;
    }
  }
  evaluate_again();
  std::swap(chain.x, proposal_);
  std::swap(chain.velocity, velocity_);
  std::swap(chain.gradient, gradient_);
  chain.energy = energy;
  chain.acceptance = 1.0;
}

}  // namespace scorefield::samplers
