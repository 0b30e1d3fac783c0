#include "samplers/register.hpp"

#include "samplers/diffusion/annealed_langevin.hpp"
#include "samplers/diffusion/annealed_mala.hpp"
#include "samplers/diffusion/predictor_corrector.hpp"
#include "samplers/diffusion/probability_flow.hpp"
#include "samplers/diffusion/reverse_sde.hpp"
#include "samplers/diffusion/schedules.hpp"
#include "samplers/discrete/block_gibbs.hpp"
#include "samplers/discrete/discrete_langevin.hpp"
#include "samplers/discrete/gibbs_with_gradients.hpp"
#include "samplers/discrete/kawasaki.hpp"
#include "samplers/discrete/metropolis.hpp"
#include "samplers/discrete/multispin_metropolis.hpp"
#include "samplers/discrete/random_site_metropolis.hpp"
#include "samplers/discrete/swendsen_wang.hpp"
#include "samplers/exact/gaussian_exact.hpp"
#include "samplers/exchange/annealing.hpp"
#include "samplers/exchange/parallel_tempering.hpp"
#include "samplers/hamiltonian/hmc.hpp"
#include "samplers/hamiltonian/microcanonical.hpp"
#include "samplers/hamiltonian/nuts.hpp"
#include "samplers/langevin/block_mala.hpp"
#include "samplers/langevin/langevin.hpp"
#include "samplers/langevin/underdamped.hpp"
#include "samplers/metropolis/random_walk.hpp"

namespace scorefield::samplers {

void register_samplers(model::Components& components) {
  components.add<Cosine>(components.schedules);
  components.add<Edm>(components.schedules);
  components.add<Geometric>(components.schedules);
  components.add<VpLinear>(components.schedules);

  components.add<AdjustedMclmc>(components.samplers);
  components.add<Annealing>(components.samplers);
  components.add<AnnealedLangevin>(components.samplers);
  components.add<AnnealedMala>(components.samplers);
  components.add<BlockGibbs>(components.samplers);
  components.add<BlockMala>(components.samplers);
  components.add<DiscreteLangevin>(components.samplers);
  components.add<GaussianExact>(components.samplers);
  components.add<GibbsWithGradients>(components.samplers);
  components.add<HeatBath>(components.samplers);
  components.add<Hmc>(components.samplers);
  components.add<Kawasaki>(components.samplers);
  components.add<Mala>(components.samplers);
  components.add<Mclmc>(components.samplers);
  components.add<Metropolis>(components.samplers);
  components.add<MultispinMetropolis>(components.samplers);
  components.add<Nuts>(components.samplers);
  components.add<ParallelTempering>(components.samplers);
  components.add<PredictorCorrector>(components.samplers);
  components.add<ProbabilityFlow>(components.samplers);
  components.add<RandomSiteMetropolis>(components.samplers);
  components.add<RandomWalk>(components.samplers);
  components.add<ReverseSde>(components.samplers);
  components.add<SwendsenWang>(components.samplers);
  components.add<Ula>(components.samplers);
  components.add<Underdamped>(components.samplers);
}

}  // namespace scorefield::samplers
