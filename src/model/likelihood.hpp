#pragma once

#include "model/target.hpp"

namespace scorefield::model {

/// Noise of data with independent cells.
class Noise {
 public:
  virtual ~Noise() = default;
  Noise() = default;
  Noise(const Noise&) = delete;
  Noise& operator=(const Noise&) = delete;
  /// Inverse variance of each cell and component, zero where there is no data. Collective (may read files).
  [[nodiscard]] virtual grid::Field weights(int components) const = 0;
};

/// A term -log p(d | x) of a posterior's energy: a Target that need not be normalisable by itself. The i-th likelihood
/// of a posterior is built with index i, which keeps its random streams apart.
using Likelihood = Target;

}  // namespace scorefield::model
