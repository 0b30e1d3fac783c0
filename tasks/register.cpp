#include "tasks/register.hpp"

#include "tasks/conservativeness.hpp"
#include "tasks/line_integral.hpp"
#include "tasks/log_z.hpp"
#include "tasks/modes.hpp"

namespace scorefield::tasks {

void register_tasks(model::Components& components) {
  components.add<Conservativeness>(components.tasks);
  components.add<LineIntegral>(components.tasks);
  components.add<LogZ>(components.tasks);
  components.add<Modes>(components.tasks);
}

}  // namespace scorefield::tasks
