#pragma once
/// Where the data of likelihoods come from.

#include <optional>
#include <string>
#include <vector>

#include "model/components.hpp"

namespace scorefield::physics {

struct DataOptions {
  deck::FilePath file;
  std::vector<std::string> datasets;
  std::optional<std::int64_t> mock_seed;
  std::string unit = "1";
  static deck::Schema<DataOptions> schema();
};

/// Collective. The physical field of a draw from the prior of the likelihood's posterior. Throws DeckError where there
/// is no posterior.
[[nodiscard]] model::DualField mock_truth(const model::BuildContext& context, std::uint64_t seed);

}  // namespace scorefield::physics
