#include "physics/gaussian/gaussian_field.hpp"

namespace scorefield::physics {

deck::Schema<GaussianFieldOptions> GaussianField::schema() {
  return deck::Schema<Options>("gaussian_field",
                               "Stationary Gaussian random field of zero mean and given power spectrum.")
      .reference("Peacock 1999, Cosmological Physics, sec. 16.2")
      .example("{type: gaussian_field, spectrum: {type: matern, correlation_length: 3.0}}")
      .component("spectrum", &Options::spectrum, "spectrum", {.doc = "power spectrum P(k)", .required = true})
      .option("unit", &Options::unit, {.doc = "unit of the field, for files and axis labels"});
}

GaussianField::GaussianField(const Options& options, const model::BuildContext& context)
    : unit_(options.unit),
      power_(power_of(context.components.spectra.build(options.spectrum, context))),
      gaussian_(context.domain, power_of_modes(context.domain, power_)) {}

}  // namespace scorefield::physics
