#include "physics/observables/scalars.hpp"

namespace scorefield::physics {

deck::Schema<NoOptions> Energy::schema() {
  return deck::Schema<Options>("energy", "Energy of the state, -log p up to a constant; always recorded.")
      .example("energy");
}

deck::Schema<NoOptions> Acceptance::schema() {
  return deck::Schema<Options>("acceptance",
                               "Mean acceptance probability of the steps since the last draw; always recorded.")
      .example("acceptance");
}

}  // namespace scorefield::physics
