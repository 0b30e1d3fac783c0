#include "physics/gaussian/gaussian_field.hpp"

#include <algorithm>

namespace scorefield::physics {

deck::Schema<GaussianFieldOptions> GaussianField::schema() {
  return deck::Schema<Options>("gaussian_field",
                               "Stationary Gaussian random field of zero mean and given power spectrum.")
      .reference("Peacock 1999, Cosmological Physics, sec. 16.2")
      .example("{type: gaussian_field, spectrum: {type: matern, correlation_length: 3.0}}")
      .component("spectrum", &Options::spectrum, "spectrum", {.doc = "power spectrum P(k)", .required = true})
      .option("unit", &Options::unit, {.doc = "unit of the field, for files and axis labels"})
      .option("lipschitz", &Options::lipschitz,
              {.unit = "1/unit^2",
               .doc = "largest slope of the score, as of a network with this Lipschitz constant: sharper modes blur",
               .above = 0.0,
               .auto_doc = "no bound"});
}

namespace {
/// No mode narrower than 1/L, but those held at zero.
std::function<double(double)> blurred(const std::function<double(double)>& power, std::optional<double> lipschitz,
                                      double cell_volume) {
  if (!lipschitz) return power;
  return [=, least = cell_volume / *lipschitz](double k) {
    const double p = power(k);
    return p > 0.0 ? std::max(p, least) : 0.0;
  };
}
}  // namespace

GaussianField::GaussianField(const Options& options, const model::BuildContext& context)
    : unit_(options.unit),
      power_(power_of(context.components.spectra.build(options.spectrum, context))),
      gaussian_(context.domain, power_of_modes(context.domain, blurred(power_, options.lipschitz,
                                                                       context.domain.lattice().cell_volume()))),
      denoiser_(context.domain, variance_of_modes(context.domain, power_), options.lipschitz) {}

}  // namespace scorefield::physics
