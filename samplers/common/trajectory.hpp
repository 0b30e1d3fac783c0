#pragma once
/// What samplers with leapfrog trajectories share.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "samplers/common/gradient_sampler.hpp"

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

/// First leapfrog step by optimal scaling (Beskos et al. 2013): step ~ d^(-1/4); 1.4 is about acceptance .65 on a
/// normal law.
[[nodiscard]] inline double scaled_leapfrog_step(double degrees_of_freedom) {
  return 1.4 / std::pow(std::max(1.0, degrees_of_freedom), 0.25);
}

/// Options of samplers with an accept test at the end of a trajectory.
struct TrajectoryOptions : GradientOptions {
  std::optional<double> step_size;
  std::int64_t leapfrog_steps = 10;
  double jitter = 0.2;
  double target_acceptance = 0.8;
};

/// Adds these options, but for step_size, whose unit is the sampler's own.
template <class Options>
deck::Schema<Options> with_trajectory_options(deck::Schema<Options> schema) {
  schema
      .option("leapfrog_steps", &Options::leapfrog_steps,
              {.doc = "leapfrog steps of a trajectory, on average", .min = 1.0})
      .option("jitter", &Options::jitter,
              {.unit = "1",
               .doc = "the number of leapfrog steps is uniform within this fraction of leapfrog_steps to both sides",
               .min = 0.0,
               .max = 1.0})
      .option("target_acceptance", &Options::target_acceptance,
              {.unit = "1", .doc = "mean acceptance that warm-up aims at", .above = 0.0, .below = 1.0});
  return with_gradient_options(std::move(schema));
}

}  // namespace scorefield::samplers
