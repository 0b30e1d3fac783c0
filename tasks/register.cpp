#include "tasks/register.hpp"

#include "tasks/conservativeness.hpp"
#include "tasks/line_integral.hpp"

namespace scorefield::tasks {

void register_tasks(model::Components& components) {
  components.add<Conservativeness>(components.tasks);
  components.add<LineIntegral>(components.tasks);
}

}  // namespace scorefield::tasks
