#pragma once
/// How ranks share chains.

#include <cstdint>
#include <optional>

#include "base/mpi.hpp"
#include "grid/domain.hpp"

namespace scorefield::run {

/// Ranks are cut into groups of neighbours, chains into blocks, one block a group. A pure function of its arguments.
struct GroupPlan {
  std::int64_t groups = 1;
  std::int64_t group = 0;
  std::int64_t first_chain = 0, last_chain = 0;  ///< [first, last) of this group
};
/// `ranks_per_chain` absent: as many groups as there are chains or ranks.
[[nodiscard]] GroupPlan plan_groups(std::int64_t chains, int ranks, int rank,
                                    std::optional<std::int64_t> ranks_per_chain);

/// Everything of a run's world that output needs: which ranks hold what.
struct Layout {
  const base::Comm& world;
  const grid::Domain& domain;  ///< of this rank's group
  std::int64_t group = 0;
  std::int64_t chains = 0;        ///< of the deck
  std::int64_t replicas = 1;      ///< of each of them
  std::int64_t first_chain = 0;   ///< of the deck's chains, those this group records
  std::int64_t local_chains = 0;  ///< their number
};

}  // namespace scorefield::run
