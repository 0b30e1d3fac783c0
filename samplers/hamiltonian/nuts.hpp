#pragma once
/// The no-U-turn sampler.

#include <vector>

#include "samplers/common/trajectory.hpp"

namespace scorefield::samplers {

struct NutsOptions : GradientOptions {
  std::optional<double> step_size;
  std::int64_t max_depth = 10;
  double target_acceptance = 0.8;
};

/// Hamiltonian trajectories that double in a random direction of time until they turn back, with multinomial choice of
/// the next state (Hoffman & Gelman 2014; Betancourt 2017, with the turn criterion on the sum of momenta). Turns are
/// judged on the whole state, by sums that are the same on all ranks. Subtrees are built leaf by leaf with a momentum
/// and a sum kept for each level (Phan, Pradhan & Jankowiak 2019), so memory grows with the depth, not the length.
class Nuts final : public GradientSampler {
 public:
  using Options = NutsOptions;
  static deck::Schema<Options> schema();
  /// Both ends of the trajectory, the states chosen so far, sums of momenta, and two vectors for each level.
  static model::ChainFootprint footprint(const Options& options, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint(options);
    common.shared.spectral_fields += 13.0 + 2.0 * static_cast<double>(options.max_depth);
    return common;
  }
  Nuts(const Options& options, const model::SamplerContext& context);

 private:
  void walk(GradientChain& chain) override;
  /// A state with its gradient and energy that may become the chain's.
  struct Candidate {
    model::Vector x, gradient;
    reduce::ExactSum energy;
    double log_weight = 0.0;  ///< log of the sum of weights of the part of the trajectory that it stands for
  };
  /// An end of the trajectory.
  struct End {
    model::Vector x, momentum, gradient;
  };
  /// What a subtree came to.
  struct Outcome {
    bool is_turning = false;
    bool is_divergent = false;
    double acceptance_sum = 0.0;
    std::int64_t leaves = 0;
  };

  [[nodiscard]] End make_end(const std::string& label) const;
  [[nodiscard]] Candidate make_candidate(const std::string& label) const;
  /// Moves an end by one leapfrog step; returns the energy there.
  reduce::ExactSum leapfrog(model::Chain& chain, double step_size, End& end);
  /// Grows 2^depth leaves from `end`; leaves its choice in subtree_ and the sum of momenta in subtree_sum_.
  Outcome grow(GradientChain& chain, std::int64_t depth, double step_size, End& end);
  /// Whether a stretch of trajectory with these momenta at its ends and this sum of all its momenta turns back.
  [[nodiscard]] bool is_turning(const model::Vector& first, const model::Vector& last, const model::Vector& sum);
  /// A uniform number of this step, one after the other.
  [[nodiscard]] double next_uniform(const model::Chain& chain);

  double target_acceptance_;
  std::int64_t max_depth_;
  End backward_, forward_;
  Candidate tree_, subtree_;
  model::Vector sum_, subtree_sum_, work_;
  std::vector<model::Vector> level_momentum_, level_sum_;
  std::uint64_t uniforms_ = 0;  ///< used in this step
  reduce::ExactSum energy_at_start_, squares_at_start_;
};

}  // namespace scorefield::samplers
