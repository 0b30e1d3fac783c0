#pragma once
/// Minima of energies by L-BFGS, the same bits on any number of ranks.

#include <deque>
#include <functional>

#include "model/footprint.hpp"
#include "model/preconditioner.hpp"

namespace scorefield::tasks {

struct DescentOptions {
  double tolerance = 1e-8;  ///< of the norm of the gradient, relative to that at the start
  std::int64_t max_iterations = 10000;
  std::int64_t history = 10;  ///< pairs of steps and gradient changes that model the curvature
};

/// Follows -dE/dx downhill by L-BFGS (Liu & Nocedal 1989) with steps of bounded length, in the coordinates that the
/// preconditioner whitens: x = M^(1/2) w, gradient M^(1/2) g. Step lengths satisfy the weak Wolfe conditions, found by
/// bisection (Lewis & Overton 2013); where energies no longer tell states apart, the slope decides (Hager & Zhang
/// 2005).
///
/// PETSc's TAO has such solvers too, but its dot products depend on the number of ranks, and whole trajectories with
/// them: here every decision is taken on exact sums.
class Descent {
 public:
  Descent(const grid::Domain& domain, model::Target& target, const DescentOptions& options);

  struct Result {
    reduce::ExactSum energy;
    double gradient_norm = 0.0;  ///< (g^T M g)^(1/2): with M = 1 the norm of dE/dx
    std::int64_t iterations = 0;
    bool is_converged = false;
  };
  /// Collective. Moves x to the foot of its slope by steps of at most `largest_move` (norm of the real field). `alive`
  /// is called at every iteration. Throws base::NumericsError where the energy of x itself is not finite.
  Result follow(model::DualField& x, double largest_move, const std::function<void()>& alive);

  /// Where x is moved, and in which distances are cheapest.
  [[nodiscard]] model::Space space() const { return preconditioner_.space(); }
  /// Collective. Norm of the real field a - b.
  [[nodiscard]] double distance(model::DualField& a, model::DualField& b);

  /// Fields of one component that a descent holds: besides work space two vectors for each remembered step.
  static model::Footprint footprint(std::int64_t history) {
    const double vectors = 2.0 * static_cast<double>(history) + 8.0;
    return {.real_fields = 2.0, .spectral_fields = vectors, .diagonal_fields = 1.0};
  }

 private:
  struct Pair {
    model::Vector step, change;  // of coordinates and gradient, whitened
    double product = 0.0;        // step . change
  };
  /// A state with what is known there.
  struct Point {
    model::DualField x;
    reduce::ExactSum energy;
    model::Vector gradient;  // whitened
  };

  /// Collective. Energy and whitened gradient of point.x.
  void evaluate(Point& point);
  [[nodiscard]] double dot(const model::Vector& a, const model::Vector& b) const;
  /// Collective. direction_ = -H gradient of here_, with the model of the curvature; returns the slope along it.
  double aim();
  /// Collective. Goes along direction_ from here_ to a point with less energy, left in there_; the step length, or 0
  /// where there is none.
  double search(double slope, double longest);
  /// Takes the step from here_ to there_ into the model of the curvature.
  void remember(double length);

  const grid::Domain& domain_;
  model::Target& target_;
  DescentOptions options_;
  model::Preconditioner preconditioner_;
  Point here_, there_;
  model::Vector raw_gradient_, direction_;
  model::DualSum gradient_sum_;
  std::deque<Pair> pairs_;
};

}  // namespace scorefield::tasks
