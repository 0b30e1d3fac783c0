#pragma once

#include <cstdint>

#include "model/components.hpp"
#include "run/run_deck.hpp"

namespace scorefield::run {

/// What a run will need, computed without running or allocating anything.
struct Resources {
  int ranks = 1;
  std::int64_t ranks_of_chain = 1;  ///< largest group
  std::int64_t chains_of_rank = 1;  ///< most chains on one rank
  std::int64_t empty_ranks = 0;     ///< ranks that own no cell
  grid::Box largest_real, largest_spectral;
  std::uint64_t bytes_per_rank = 0;  ///< high-water memory of the rank with most, above that of an MPI process at rest
  std::uint64_t bytes_of_checkpoint = 0;
  std::uint64_t bytes_of_samples = 0;  ///< samples.h5, without the draws; result.h5 of a task, at most
  std::uint64_t bytes_of_draws = 0;
};

[[nodiscard]] Resources estimate_resources(const RunDeck& deck, const model::Components& components, int ranks);

/// Memory of this process now, and the most it ever had; 0 where /proc does not tell.
struct ProcessMemory {
  std::int64_t resident = 0;
  std::int64_t high_water = 0;
};
[[nodiscard]] ProcessMemory process_memory();

}  // namespace scorefield::run
