#include "samplers/exact/gaussian_exact.hpp"

#include "base/errors.hpp"
#include "model/preconditioner.hpp"
#include "samplers/exact/petsc_wiener.hpp"

namespace scorefield::samplers {

namespace {

model::LinearGaussian& quadratic_form(model::Target& target) {
  model::refuse_symbols(target, "gaussian_exact", "use sampler.type 'metropolis' or 'heat_bath'");
  if (auto* quadratic = target.linear_gaussian()) return *quadratic;
  throw base::DeckError(
      "sampler gaussian_exact needs a target whose energy is a quadratic form (gaussian_field, or a posterior of one "
      "with "
      "linear likelihoods)",
      "use 'sampler: {type: mala}'");
}

}  // namespace

deck::Schema<GaussianExactOptions> GaussianExact::schema() {
  return deck::Schema<Options>(
             "gaussian_exact",
             "Independent exact draws of a Gaussian posterior by perturb-and-solve; needs no warm-up.")
      .reference("Papandreou & Yuille 2010; Wandelt, Larson & Lakshminarayanan 2004")
      .example("gaussian_exact")
      .option("tolerance", &Options::tolerance,
              {.unit = "1",
               .doc = "relative residual of each solve, in the preconditioned norm",
               .above = 0.0,
               .below = 1.0})
      .option("max_iterations", &Options::max_iterations, {.doc = "most iterations of a solve", .min = 1})
      .option(
          "mean_solver", &Options::mean_solver,
          {.doc = "solver of the posterior mean /wiener/mean; petsc is external: its last bits may depend on the ranks",
           .choices = {"scorefield", "petsc"}});
}

GaussianExact::GaussianExact(const Options& options, const model::SamplerContext& context)
    : domain_(context.domain),
      target_(context.target),
      seed_(context.seed),
      options_(options),
      preconditioner_((quadratic_form(context.target), model::fourier_preconditioner(context.domain, context.target))),
      solver_(context.domain, quadratic_form(context.target), preconditioner_, context.target.components()),
      right_side_(context.domain, "right side", context.target.components()),
      mean_(context.domain, "mean", context.target.components()) {
  mean_.copy_from(mean());
}

grid::SpectralField GaussianExact::mean() {
  grid::SpectralField solution(domain_, "mean", target_.components());
  right_side_.clear();
  quadratic_form(target_).add_information(right_side_);
  solver_.solve(right_side_.fourier(), solution, options_.tolerance, options_.max_iterations);
  return solution;
}

std::unique_ptr<model::Chain> GaussianExact::make_chain(std::int64_t id) {
  return std::make_unique<model::Chain>(id, domain_, target_.components());
}

void GaussianExact::start(model::Chain& chain) { chain.x.set_fourier().copy_from(mean_); }

void GaussianExact::refresh(model::Chain& chain) { chain.energy = target_.evaluate(chain.x, nullptr); }

void GaussianExact::step(model::Chain& chain) {
  right_side_.clear();
  quadratic_form(target_).add_perturbation(
      {.seed = seed_, .chain = static_cast<std::uint32_t>(chain.id), .step = static_cast<std::uint64_t>(chain.step)},
      right_side_);
  const grid::SpectralField& x = chain.x.set_fourier();
  solver_.solve(right_side_.fourier(), x, options_.tolerance, options_.max_iterations);
  base::Complex* values = x.data();
  const base::Complex* mean = mean_.data();
  Kokkos::parallel_for(
      "add mean", base::RowPolicy(0, x.size()), KOKKOS_LAMBDA(const std::int64_t i) { values[i] += mean[i]; });
  chain.energy = target_.evaluate(chain.x, nullptr);
  chain.acceptance = 1.0;
  ++chain.step;
}

std::vector<model::NamedField> GaussianExact::named_fields() {
  grid::Field mean(domain_, "mean", target_.components());
  if (options_.mean_solver == "petsc") {
    wiener_mean_by_petsc(domain_, quadratic_form(target_), preconditioner_, options_.tolerance, options_.max_iterations,
                         mean);
  } else {
    grid::backward(domain_, mean_, mean);
  }
  return {{"/wiener/mean", mean, target_.unit()}};
}

}  // namespace scorefield::samplers
