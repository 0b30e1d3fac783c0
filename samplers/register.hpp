#pragma once

#include "model/components.hpp"

namespace scorefield::samplers {

/// Every sampler that decks can name: one line each.
void register_samplers(model::Components& components);

}  // namespace scorefield::samplers
