#include "physics/register.hpp"

#include "physics/discrete/binary_image.hpp"
#include "physics/discrete/cluster_sizes.hpp"
#include "physics/discrete/dna.hpp"
#include "physics/discrete/domain_walls.hpp"
#include "physics/discrete/energy_table.hpp"
#include "physics/discrete/ising.hpp"
#include "physics/discrete/pair_frequencies.hpp"
#include "physics/discrete/potts.hpp"
#include "physics/discrete/potts_order.hpp"
#include "physics/discrete/rbm.hpp"
#include "physics/discrete/symbol_frequencies.hpp"
#include "physics/gaussian/gaussian_field.hpp"
#include "physics/gaussian/gaussian_mixture.hpp"
#include "physics/gaussian/lognormal_field.hpp"
#include "physics/gaussian/spectrum.hpp"
#include "physics/inverse/linear_likelihood.hpp"
#include "physics/inverse/lognormal_poisson.hpp"
#include "physics/inverse/operators.hpp"
#include "physics/inverse/poisson_counts.hpp"
#include "physics/inverse/posterior.hpp"
#include "physics/lattice/observables.hpp"
#include "physics/lattice/phi4.hpp"
#include "physics/observables/power_spectrum.hpp"
#include "physics/observables/probe.hpp"
#include "physics/observables/scalars.hpp"
#include "physics/regression/gp_regression.hpp"
#include "physics/regression/hierarchical_normal.hpp"
#include "physics/regression/linear_regression.hpp"
#include "physics/regression/logistic_regression.hpp"

namespace scorefield::physics {

void register_targets(model::Components& components) {
  components.add<BinaryImage>(components.targets);
  components.add<Dna>(components.targets);
  components.add<EnergyTable>(components.targets);
  components.add<GaussianField>(components.targets);
  components.add<GaussianMixture>(components.targets);
  components.add<GpRegression>(components.targets);
  components.add<HierarchicalNormal>(components.targets);
  components.add<Ising>(components.targets);
  components.add<LinearRegression>(components.targets);
  components.add<LogisticRegression>(components.targets);
  components.add<LognormalField>(components.targets);
  components.add<LognormalPoisson>(components.targets);
  components.add<Phi4>(components.targets);
  components.add<Posterior>(components.targets);
  components.add<Potts>(components.targets);
  components.add<Rbm>(components.targets);

  components.add<LinearLikelihood>(components.likelihoods);
  components.add<PoissonCounts>(components.likelihoods);

  components.add<Identity>(components.operators);
  components.add<LensingShear>(components.operators);
  components.add<Mask>(components.operators);

  components.add<GaussianNoise>(components.noises);

  components.add<Matern>(components.spectra);
  components.add<PowerLaw>(components.spectra);
  components.add<Table>(components.spectra);

  components.add<Acceptance>(components.observables);
  components.add<ClusterSizes>(components.observables);
  components.add<Correlation>(components.observables);
  components.add<DomainWalls>(components.observables);
  components.add<Energy>(components.observables);
  components.add<FieldMoments>(components.observables);
  components.add<Magnetisation>(components.observables);
  components.add<MagnetisationMoments>(components.observables);
  components.add<PairFrequencies>(components.observables);
  components.add<PottsOrder>(components.observables);
  components.add<PowerSpectrum>(components.observables);
  components.add<Probe>(components.observables);
  components.add<SymbolFrequencies>(components.observables);
  components.add<Virial>(components.observables);
}

}  // namespace scorefield::physics
