#pragma once

#include <cstdint>
#include <vector>

#include "model/denoiser.hpp"

namespace scorefield::model {

/// What schedules are built from.
struct ScheduleContext {
  const Denoiser& denoiser;
};

/// Noise levels that a sampler walks down.
class Schedule {
 public:
  virtual ~Schedule() = default;
  Schedule() = default;
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;
  /// n >= 2 levels sigma, strictly falling, in the unit of the field.
  [[nodiscard]] virtual std::vector<double> levels(std::int64_t n) const = 0;
};

}  // namespace scorefield::model
