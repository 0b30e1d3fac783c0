#pragma once

#include "model/components.hpp"

namespace scorefield::physics {

/// Every target, operator, noise, spectrum and observable that decks can name: one line each.
void register_targets(model::Components& components);

}  // namespace scorefield::physics
