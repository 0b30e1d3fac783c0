#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace scorefield::samplers {

/// Number of leapfrog steps of a trajectory, drawn anew for each so that no mode is periodic in it: uniform within
/// `jitter` times the mean to both sides.
struct PathLength {
  std::int64_t shortest, longest;

  PathLength(std::int64_t mean, double jitter)
      : shortest(std::max<std::int64_t>(1, mean - half_width(mean, jitter))),
        longest(mean + half_width(mean, jitter)) {}
  /// For a uniform number in (0, 1).
  [[nodiscard]] std::int64_t operator()(double uniform) const {
    return shortest + static_cast<std::int64_t>(uniform * static_cast<double>(longest - shortest + 1));
  }

 private:
  static std::int64_t half_width(std::int64_t mean, double jitter) {
    return static_cast<std::int64_t>(std::floor(jitter * static_cast<double>(mean)));
  }
};

}  // namespace scorefield::samplers
