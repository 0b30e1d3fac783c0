#pragma once
/// Dual averaging of a step size (Hoffman & Gelman 2014, sec. 3.2).

#include <cstdint>

#include "io/archive.hpp"

namespace scorefield::samplers {

/// State of the adaptation of one chain. The step size follows the acceptance during warm-up and is frozen at the
/// average of its path afterwards.
struct StepAdaptation {
  double mean_error = 0.0;     ///< average of target - acceptance
  double mean_log_step = 0.0;  ///< average of log step

  void visit(io::Archive& archive);
  /// Forgets what it knew.
  void restart(double first_step_size);
  /// The step size after step t (from 0) since the last restart, of `warmup` in all, given the acceptance there.
  [[nodiscard]] double next_step_size(std::int64_t t, std::int64_t warmup, double first_step_size, double acceptance,
                                      double target_acceptance);
};

}  // namespace scorefield::samplers
