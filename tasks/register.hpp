#pragma once

#include "model/components.hpp"

namespace scorefield::tasks {

/// Adds all tasks.
void register_tasks(model::Components& components);

}  // namespace scorefield::tasks
