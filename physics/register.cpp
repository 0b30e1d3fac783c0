#include "physics/register.hpp"

#include "physics/gaussian/gaussian_field.hpp"
#include "physics/gaussian/spectrum.hpp"
#include "physics/inverse/linear_likelihood.hpp"
#include "physics/inverse/operators.hpp"
#include "physics/inverse/posterior.hpp"
#include "physics/observables/power_spectrum.hpp"
#include "physics/observables/scalars.hpp"

namespace scorefield::physics {

void register_targets(model::Components& components) {
  components.targets.add<GaussianField>();
  components.targets.add<Posterior>();

  components.likelihoods.add<LinearLikelihood>();

  components.operators.add<Identity>();
  components.operators.add<LensingShear>();
  components.operators.add<Mask>();

  components.noises.add<GaussianNoise>();

  components.spectra.add<Matern>();
  components.spectra.add<PowerLaw>();
  components.spectra.add<Table>();

  components.observables.add<Acceptance>();
  components.observables.add<Energy>();
  components.observables.add<PowerSpectrum>();
}

}  // namespace scorefield::physics
