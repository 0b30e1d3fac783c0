#include "physics/gaussian/gaussian_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.hpp"
#include "noise/philox.hpp"

namespace scorefield::physics {

deck::Schema<GaussianMixtureOptions> GaussianMixture::schema() {
  return deck::Schema<Options>("gaussian_mixture",
                               "Mixture of Gaussian fields of one spectrum around different uniform levels.")
      .reference("McLachlan & Peel 2000")
      .example("{type: gaussian_mixture, spectrum: matern, weights: [0.3, 0.7], means: [-1.0, 1.0]}")
      .component("spectrum", &Options::spectrum, "spectrum",
                 {.doc = "power spectrum of each component; one with power at k = 0", .required = true})
      .option("weights", &Options::weights,
              {.unit = "1",
               .doc = "of the components, up to a common factor",
               .required = true,
               .above = 0.0,
               .min_size = 1})
      .option("means", &Options::means,
              {.unit = "unit of the field", .doc = "level of each component", .required = true, .min_size = 1})
      .option("scales", &Options::scales,
              {.unit = "1", .doc = "amplitude of each component's fluctuations; empty: 1 for all", .above = 0.0})
      .check([](const Options& o, const auto& report) {
        if (o.means.size() != o.weights.size()) report("means", "needs as many numbers as 'weights'");
        if (!o.scales.empty() && o.scales.size() != o.weights.size()) {
          report("scales", "needs as many numbers as 'weights', or none");
        }
      });
}

GaussianMixture::GaussianMixture(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain),
      field_({.spectrum = options.spectrum}, context),
      weights_(options.weights),
      means_(options.means),
      scales_(options.scales.empty() ? std::vector<double>(options.weights.size(), 1.0) : options.scales),
      slope_(context.domain, "slope of a mixture") {
  const double power = field_.prior_power()(0.0);
  if (!(power > 0.0)) {
    throw base::DeckError("gaussian_mixture needs a spectrum that leaves the average of the field free, and '" +
                              options.spectrum.type + "' holds it at zero",
                          "use 'matern'");
  }
  mean_precision_ = domain_->lattice().cell_volume() / power;
  const double total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (double& w : weights_) w /= total;
  denoiser_.emplace(*domain_, variance_of_modes(*domain_, field_.prior_power()), weights_, means_, scales_);
}

base::Complex* GaussianMixture::mean_mode(const grid::SpectralField& modes) const {
  const grid::Box& box = modes.box();
  return !box.empty() && box.lo[1] == 0 && box.lo[2] == 0 ? modes.data() : nullptr;
}

void GaussianMixture::draw_prior(const noise::Stream& stream, model::DualField& x) {
  noise::Stream own = stream;
  own.purpose = noise::Purpose::mixture_component;
  double u = noise::uniform(own);
  std::size_t k = 0;
  while (k + 1 < weights_.size() && u >= weights_[k]) u -= weights_[k++];
  field_.draw_prior(stream, x);
  double* values = x.change(model::Space::fourier);
  const grid::SpectralField& modes = x.fourier();
  const double scale = scales_[k];
  Kokkos::parallel_for(
      "amplitude", base::RowPolicy(0, 2 * modes.size()), KOKKOS_LAMBDA(const std::int64_t i) { values[i] *= scale; });
  if (base::Complex* mean = mean_mode(modes)) *mean += means_[k] * static_cast<double>(domain_->lattice().sites());
}

reduce::ExactSum GaussianMixture::evaluate(model::DualField& x, model::DualSum* gradient) {
  const double sites = static_cast<double>(domain_->lattice().sites());
  slope_.clear();
  const double half_square = field_.evaluate(x, gradient != nullptr ? &slope_ : nullptr).value();
  reduce::ExactSum level;  // of the mode k = 0: the sum of the field over all cells
  if (const base::Complex* mean = mean_mode(x.fourier())) level.add(mean->real());
  level.all_reduce(domain_->comm());
  const double overlap = mean_precision_ * level.value();

  std::vector<double> logs;
  for (std::size_t k = 0; k < weights_.size(); ++k) {
    const double square = half_square - means_[k] * overlap + 0.5 * means_[k] * means_[k] * mean_precision_ * sites;
    logs.push_back(std::log(weights_[k]) - square / (scales_[k] * scales_[k]) -
                   degrees_of_freedom() * std::log(scales_[k]));
  }
  const double largest = *std::max_element(logs.begin(), logs.end());
  double sum = 0.0;
  for (const double l : logs) sum += std::exp(l - largest);
  if (gradient != nullptr) {
    // Components pull in proportion to their share of the density here.
    double pull = 0.0;
    double pulled_level = 0.0;
    for (std::size_t k = 0; k < logs.size(); ++k) {
      const double share = std::exp(logs[k] - largest) / sum / (scales_[k] * scales_[k]);
      pull += share;
      pulled_level += share * means_[k];
    }
    const grid::SpectralField& slope = slope_.fourier();
    const auto part = gradient->fourier_part();
    const bool fresh = part.fresh;
    const auto* from = reinterpret_cast<const double*>(slope.data());
    auto* to = reinterpret_cast<double*>(part.field.data());
    Kokkos::parallel_for(
        "mixture", base::RowPolicy(0, 2 * slope.size()),
        KOKKOS_LAMBDA(const std::int64_t i) { to[i] = (fresh ? 0.0 : to[i]) + pull * from[i]; });
    if (base::Complex* mean = mean_mode(part.field)) *mean -= sites * mean_precision_ * pulled_level;
  }
  return reduce::ExactSum(-largest - std::log(sum));
}

}  // namespace scorefield::physics
