#include "samplers/register.hpp"

#include "samplers/exact/gaussian_exact.hpp"
#include "samplers/langevin/langevin.hpp"

namespace scorefield::samplers {

void register_samplers(model::Components& components) {
  components.add<GaussianExact>(components.samplers);
  components.add<Mala>(components.samplers);
  components.add<Ula>(components.samplers);
}

}  // namespace scorefield::samplers
