#pragma once
/// Preconditioners learned in the warm-up: the variance of a chain's own states.

#include <cstdint>

#include "model/chain.hpp"
#include "model/preconditioner.hpp"
#include "reduce/shells.hpp"

namespace scorefield::samplers {

/// When a warm-up learns what, as Stan does it: first steps in which only the step size adapts, while the chain finds
/// its way; windows of doubling length, at the end of each of which M becomes the variance within the window and the
/// step size is sought anew; last steps for the step size alone. 75, 25 2^k and 50 steps, or 15 %, 75 % and 10 % of a
/// warm-up that is shorter than these (Carpenter et al. 2017; Stan reference manual, "HMC algorithm parameters"). Other
/// than in Stan the first window, too, takes up what is left for a second one that would be shorter than 50.
class AdaptationWindows {
 public:
  /// Shorter ones cannot tell a variance.
  static constexpr std::int64_t least_warmup = 20;

  explicit AdaptationWindows(std::int64_t warmup);
  /// Whether the state after this step (from 0) counts.
  [[nodiscard]] bool gathers(std::int64_t step) const { return step >= first_ && step < last_; }
  /// Whether this step ends a window.
  [[nodiscard]] bool closes(std::int64_t step) const { return gathers(step) && begin_after(step) == step + 1; }
  /// First step of the stretch that the step size adapts in at `step`: the end of the last window before it.
  [[nodiscard]] std::int64_t stretch_of(std::int64_t step) const { return begin_after(step - 1); }

 private:
  /// The last end of a window that is at most step + 1; 0 before any.
  [[nodiscard]] std::int64_t begin_after(std::int64_t step) const;

  std::int64_t first_, last_, shortest_;
};

/// What one chain has learned. In real space M is the variance of each cell; in Fourier space that of shells of |k| one
/// fundamental wavenumber wide, whose modes share one value (of which a few states already tell much). A variance v
/// from n states counts as v^(n / (n + 5)), the former M to the power 5 / (n + 5): as Stan's, but of no unit.
class MetricAdaptation {
 public:
  /// Starts from M of this preconditioner; directions that it holds at zero stay so.
  MetricAdaptation(const model::Preconditioner& first, const grid::Domain& domain, int components, std::int64_t warmup);

  void visit(io::Archive& archive);
  /// Collective. Takes the state after `step`; true where M has changed.
  bool learn(std::int64_t step, model::DualField& x);
  /// M^(1/2) as Preconditioner::set_root takes it.
  [[nodiscard]] const base::LineView& root() const { return root_; }
  [[nodiscard]] const AdaptationWindows& windows() const { return windows_; }

 private:
  void begin_window();
  void add(const double* x);
  void close();
  /// Collective. Replaces the squares of modes by their average over the shell.
  void average_shells();

  const grid::Domain* domain_;
  int components_;
  model::Space space_;
  AdaptationWindows windows_;
  base::LineView root_;
  std::int64_t count_ = 0;
  model::Vector mean_;      // of the states of this window
  base::LineView squares_;  // summed squared deviations from it, over components
};

}  // namespace scorefield::samplers
