#pragma once

#include <cstdint>

#include "io/archive.hpp"

namespace scorefield::model {

/// Energy fraction of missing information of one chain, mean((H_i - H_(i-1))^2) / var(H), as reduce::bfmi, but step by
/// step and without keeping the energies. H is the total energy after the momenta were drawn anew (Betancourt 2016,
/// arXiv:1604.00695): between two draws a trajectory stays at its H, so that their jumps are all that moves a chain
/// from one energy to another.
class RunningBfmi {
 public:
  /// Below this the draws of momenta explore the energies too slowly.
  static constexpr double low = 0.3;

  void add(double energy);
  /// NaN where it cannot be judged: fewer than four energies, all the same, or one that is not finite. About 1 for a
  /// normal law in many dimensions.
  [[nodiscard]] double value() const;
  void visit(io::Archive& archive);

 private:
  std::int64_t count_ = 0;
  double last_ = 0.0;
  double squared_jumps_ = 0.0;  // sum
  double mean_ = 0.0;
  double squares_ = 0.0;  // sum, about the mean (Welford 1962)
};

}  // namespace scorefield::model
