#include "physics/inverse/lognormal_poisson.hpp"

#include "physics/gaussian/lognormal_field.hpp"

namespace scorefield::physics {

deck::Schema<LognormalPoissonOptions> LognormalPoisson::schema() {
  return deck::Schema<Options>("lognormal_poisson",
                               "Lognormal density contrast given Poisson counts of galaxies: 'posterior' of "
                               "'lognormal_field' with the likelihood 'poisson_counts'.")
      .reference("Kitaura, Jasche & Metcalf 2010")
      .example(
          "{type: lognormal_poisson, spectrum: {type: matern, variance: 0.5, correlation_length: 3.0}, counts: {data: "
          "{mock_seed: 5}, mean_count: 3.0}}")
      .component("spectrum", &Options::spectrum, "spectrum",
                 {.doc = "power spectrum P(k) of the density contrast", .required = true})
      .section("counts", &Options::counts);
}

LognormalPoisson::LognormalPoisson(const Options& options, const model::BuildContext& context)
    : Posterior(std::make_unique<LognormalField>(LognormalFieldOptions{.spectrum = options.spectrum}, context),
                context.domain),
      density_(context.domain, "density contrast") {
  auto counts = std::make_unique<PoissonCounts>(options.counts, own(context));
  counts_ = counts.get();
  add(std::move(counts));
}

model::ChainFootprint LognormalPoisson::footprint(const Options& options, const model::Components& components) {
  model::ChainFootprint total = LognormalField::footprint({.spectrum = options.spectrum}, components);
  total.shared += PoissonCounts::footprint(options.counts, components);
  return total;
}

void LognormalPoisson::draw_counts(const noise::Stream& stream, model::DualField& state) {
  physical(state, density_);
  counts_->draw_counts(stream, density_);
}

}  // namespace scorefield::physics
