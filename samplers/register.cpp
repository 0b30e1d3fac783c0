#include "samplers/register.hpp"

#include "samplers/exact/gaussian_exact.hpp"
#include "samplers/langevin/langevin.hpp"

namespace scorefield::samplers {

void register_samplers(model::Components& components) {
  components.samplers.add<GaussianExact>();
  components.samplers.add<Mala>();
  components.samplers.add<Ula>();
}

}  // namespace scorefield::samplers
