#include "run/groups.hpp"

#include <algorithm>

namespace scorefield::run {

GroupPlan plan_groups(std::int64_t chains, int ranks, int rank, std::optional<std::int64_t> ranks_per_chain) {
  GroupPlan plan;
  const std::int64_t most = ranks_per_chain ? std::max<std::int64_t>(1, ranks / *ranks_per_chain) : ranks;
  plan.groups = std::min(chains, most);
  plan.group = ((rank + std::int64_t{1}) * plan.groups - 1) / ranks;  // inverse of begin(g) = g * ranks / groups
  plan.first_chain = chains * plan.group / plan.groups;
  plan.last_chain = chains * (plan.group + 1) / plan.groups;
  return plan;
}

}  // namespace scorefield::run
