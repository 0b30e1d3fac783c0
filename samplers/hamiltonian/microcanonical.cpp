#include "samplers/hamiltonian/microcanonical.hpp"

#include <cmath>

#include "base/errors.hpp"
#include "noise/philox.hpp"

namespace scorefield::samplers {

void Isokinetic::normalise(double* u) const {
  preconditioner_.scale(1.0 / std::sqrt(preconditioner_.dot(u, u).value()), u);
}

double Isokinetic::kick(double h, const double* gradient, double* u) const {
  // With e = -M^(1/2) g / |M^(1/2) g| and delta = h |M^(1/2) g| / (d - 1) the flow is
  // u' = (u + e (sinh delta + (e.u) (cosh delta - 1))) / (cosh delta + (e.u) sinh delta); by zeta = exp(-delta), which
  // cannot overflow (Robnik et al. 2023, appendix).
  const double norm = std::sqrt(preconditioner_.dot(gradient, gradient, 2).value());
  if (norm == 0.0) return 0.0;
  const double along = -preconditioner_.dot(gradient, u, 1).value() / norm;
  const double delta = h * norm / (dimensions_ - 1.0);
  const double zeta = std::exp(-delta);
  const double denominator = 1.0 + zeta * zeta + along * (1.0 - zeta * zeta);
  preconditioner_.scale(2.0 * zeta / denominator, u);
  preconditioner_.add_root(-(1.0 - zeta) * (1.0 + zeta + along * (1.0 - zeta)) / (denominator * norm), gradient, u);
  return (dimensions_ - 1.0) * (delta + std::log(0.5 * denominator));
}

void MclmcChain::visit(io::Archive& archive) {
  GradientChain::visit(archive);
  archive.scalar("weighted_square", weighted_square);
  archive.scalar("weight", weight);
  model::visit_vector(archive, "direction", x.domain(), direction);
}

namespace {

/// A quarter of the typical radius: where the energy error per dimension is near the usual rule for a normal law.
double scaled_step(double dimensions) { return 0.25 * std::sqrt(std::max(1.0, dimensions)); }

void refuse_one_dimension(const char* sampler, double dimensions) {
  if (dimensions < 2.0) {
    throw base::DeckError(std::string(sampler) + " needs at least two dimensions: in one its direction cannot turn",
                          "use sampler.type hmc");
  }
}

template <class Options>
deck::Schema<Options> with_step_size(deck::Schema<Options> schema, const char* auto_doc) {
  schema.option(
      "step_size", &Options::step_size,
      {.unit = "1",
       .doc = "of a leapfrog step, in units of the preconditioner; directions have unit length, so it grows as "
              "the root of the number of dimensions",
       .above = 0.0,
       .auto_doc = auto_doc});
  return schema;
}

}  // namespace

deck::Schema<MclmcOptions> Mclmc::schema() {
  auto schema = deck::Schema<Options>(
      "mclmc", "Microcanonical Langevin Monte Carlo: no accept test, so a bias remains that R-hat does not show.");
  schema.reference("Robnik, De Luca, Silverstein & Seljak 2023").example("{type: mclmc, step_size: 1.0}");
  schema = with_step_size(std::move(schema), "adapted in warm-up to energy_variance, then frozen");
  schema
      .option("decoherence_length", &Options::decoherence_length,
              {.unit = "1",
               .doc = "distance over which the direction is forgotten",
               .above = 0.0,
               .auto_doc = "the root of the number of dimensions"})
      .option(
          "energy_variance", &Options::energy_variance,
          {.unit = "1", .doc = "variance of a step's energy error per dimension that warm-up aims at", .above = 0.0});
  return with_gradient_options(std::move(schema));
}

Mclmc::Mclmc(const Options& options, const model::SamplerContext& context)
    : GradientSampler(context, options, {options.step_size, scaled_step(context.target.degrees_of_freedom())}),
      dimensions_(context.target.degrees_of_freedom()),
      length_(options.decoherence_length.value_or(std::sqrt(std::max(1.0, dimensions_)))),
      energy_variance_(options.energy_variance),
      direction_(preconditioner_.make_vector("direction")) {
  refuse_one_dimension("mclmc", dimensions_);
}

std::unique_ptr<model::Chain> Mclmc::make_chain(std::int64_t id) {
  auto chain = make<MclmcChain>(id);
  chain->direction = preconditioner_.make_vector("direction");
  return chain;
}

void Mclmc::start(model::Chain& chain) {
  GradientSampler::start(chain);
  double* u = static_cast<MclmcChain&>(chain).direction.data();
  preconditioner_.white(stream(chain, noise::Purpose::momentum), u);
  Isokinetic(preconditioner_, dimensions_).normalise(u);
}

void Mclmc::walk(GradientChain& base_chain) {
  auto& chain = static_cast<MclmcChain&>(base_chain);
  const model::Space space = preconditioner_.space();
  const Isokinetic dynamics(preconditioner_, dimensions_);
  const double h = chain.step_size;
  // On copies, so that a step that breaks leaves the chain as it was.
  proposal_.copy_from(chain.x, space);
  direction_.copy_from(chain.direction);
  double* u = direction_.data();
  double kinetic = dynamics.kick(0.5 * h, chain.gradient.data(), u);
  preconditioner_.add_root(h, u, proposal_.change(space));
  const reduce::ExactSum energy = evaluate(chain, proposal_);
  double energy_error = std::nan("");  // where the step lost its way
  if (!adapts_step(chain)) refuse_divergence(chain, energy.value());
  if (!is_divergent(energy.value())) {
    kinetic += dynamics.kick(0.5 * h, gradient_sum_.values(space), u);
    preconditioner_.refresh(1.0, std::sqrt(std::expm1(2.0 * h / length_) / dimensions_),
                            stream(chain, noise::Purpose::ornstein), u);
    dynamics.normalise(u);
    energy_error = (energy - chain.energy).value() + kinetic;
    std::swap(chain.direction, direction_);
    accept(chain, energy);
  }
  if (adapts_step(chain)) adapt_step(chain, energy_error);
  chain.acceptance = 1.0;
}

void Mclmc::restart_adaptation(GradientChain& base_chain) const {
  GradientSampler::restart_adaptation(base_chain);
  auto& chain = static_cast<MclmcChain&>(base_chain);
  chain.weighted_square = 0.0;
  chain.weight = 0.0;
}

void Mclmc::adapt_step(MclmcChain& chain, double energy_error) const {
  // The variance of the energy error goes as h^6; errors far from the wanted one count less (Robnik et al. 2023,
  // section on tuning). Averages forget over 150 steps.
  if (std::isnan(energy_error)) {
    chain.step_size *= 0.8;
    return;
  }
  constexpr double memory = 149.0 / 151.0;
  const double ratio = energy_error * energy_error / (dimensions_ * energy_variance_) + 1e-8;
  const double trust = std::log(ratio) / (6.0 * 1.5);
  const double weight = std::exp(-0.5 * trust * trust);
  chain.weighted_square = memory * chain.weighted_square + weight * ratio / std::pow(chain.step_size, 6);
  chain.weight = memory * chain.weight + weight;
  chain.step_size = std::pow(chain.weighted_square / chain.weight, -1.0 / 6.0);
}

deck::Schema<AdjustedMclmcOptions> AdjustedMclmc::schema() {
  auto schema = deck::Schema<Options>("adjusted_mclmc",
                                      "Metropolis-adjusted microcanonical Monte Carlo: exact for any step size.");
  schema.reference("Robnik, Cohn-Gordon & Seljak 2025")
      .example("{type: adjusted_mclmc, step_size: 1.0, leapfrog_steps: 5}");
  schema = with_step_size(std::move(schema), "adapted in warm-up to target_acceptance, then frozen");
  return with_trajectory_options(std::move(schema));
}

AdjustedMclmc::AdjustedMclmc(const Options& options, const model::SamplerContext& context)
    : GradientSampler(context, options, {options.step_size, scaled_step(context.target.degrees_of_freedom())}),
      dimensions_(context.target.degrees_of_freedom()),
      target_acceptance_(options.target_acceptance),
      path_length_(options.leapfrog_steps, options.jitter),
      direction_(preconditioner_.make_vector("direction")) {
  refuse_one_dimension("adjusted_mclmc", dimensions_);
}

void AdjustedMclmc::walk(GradientChain& chain) {
  const model::Space space = preconditioner_.space();
  const Isokinetic dynamics(preconditioner_, dimensions_);
  const double h = chain.step_size;
  double* u = direction_.data();
  preconditioner_.white(stream(chain, noise::Purpose::momentum), u);
  dynamics.normalise(u);
  proposal_.copy_from(chain.x, space);

  reduce::ExactSum energy;
  double kinetic = dynamics.kick(0.5 * h, chain.gradient.data(), u);
  const std::int64_t steps = path_length_(noise::uniform(stream(chain, noise::Purpose::path_length)));
  for (std::int64_t i = 0; i < steps; ++i) {
    preconditioner_.add_root(h, u, proposal_.change(space));
    energy = evaluate(chain, proposal_);
    if (is_divergent(energy.value())) break;  // the same on all ranks; never accepted
    kinetic += dynamics.kick(i + 1 < steps ? h : 0.5 * h, gradient_sum_.values(space), u);
  }
  const double log_ratio = (chain.energy - energy).value() - kinetic;
  if (!(log_ratio > -largest_error)) note_divergence(chain);
  if (is_accepted(chain, energy.value(), log_ratio)) accept(chain, energy);
  adapt(chain, target_acceptance_);
}

}  // namespace scorefield::samplers
