#pragma once
/// Names of all random streams. A random number is a pure function of (seed; purpose, chain, step, site): there is no
/// generator state to save, to split over ranks or to lose.

#include <cstdint>

namespace scorefield::noise {

/// What a random number is for. One entry per use, so that no two uses ever share bits. Numbers are part of the promise
/// that a deck and a seed give the same bits: append, never renumber.
enum class Purpose : std::uint16_t {
  start = 1,               ///< first state of a chain
  proposal = 2,            ///< Langevin noise
  accept = 3,              ///< Metropolis accept test
  perturb_prior = 4,       ///< perturb-and-solve: prior part
  perturb_data = 5,        ///< perturb-and-solve: data part; +i for likelihood i
  momentum = 56,           ///< fresh momenta of Hamiltonian samplers
  path_length = 57,        ///< number of leapfrog steps
  ornstein = 58,           ///< velocity noise of underdamped dynamics
  tree = 59,               ///< directions and choices of the no-U-turn sampler
  block_origin = 60,       ///< where the blocks of a sweep begin
  swap = 61,               ///< exchanges of parallel tempering
  mixture_component = 62,  ///< which component of a mixture is drawn
  symbol_accept = 63,      ///< accept tests and choices of discrete samplers
  mock_truth = 64,         ///< truth of a mock data set
  mock_noise = 65,         ///< noise of a mock data set; +i for likelihood i
  task_state = 120,        ///< states at which a task looks at a target
  task_probe = 121,        ///< directions in which it does
  symbol_proposal = 122,   ///< symbols that discrete samplers propose
  cluster_bond = 123,      ///< bonds of cluster samplers
  cluster_symbol = 124,    ///< new symbols of clusters
  corrector = 125,         ///< Langevin noise of correctors, within one step of a predictor
  test = 255,              ///< tests only
};

/// Purpose of the i-th of several equal parts (likelihoods of one posterior, at most 50 of them).
[[nodiscard]] inline Purpose nth(Purpose purpose, std::int64_t i) {
  return static_cast<Purpose>(static_cast<std::int64_t>(purpose) + i);
}

struct Stream {
  std::uint64_t seed = 0;
  Purpose purpose = Purpose::test;
  std::uint32_t chain = 0;  ///< 24 bits
  std::uint64_t step = 0;   ///< 40 bits
};

}  // namespace scorefield::noise
