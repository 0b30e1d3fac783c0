#include "tasks/common/descent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/errors.hpp"

namespace scorefield::tasks {

namespace {
// Of the Wolfe conditions: a step must bring this share of what the slope promises, and leave at most that much of it.
constexpr double decrease = 1e-4;
constexpr double flattening = 0.9;
/// Differences of energies below this share of the energy itself are rounding.
constexpr double rounding = 1e-14;
}  // namespace

Descent::Descent(const grid::Domain& domain, model::Target& target, const DescentOptions& options)
    : domain_(domain),
      target_(target),
      options_(options),
      preconditioner_(model::Preconditioner::of(domain, target, {})),
      raw_gradient_(preconditioner_.make_vector("gradient")),
      direction_(preconditioner_.make_vector("direction")),
      gradient_sum_(domain, "gradient", target.components()) {
  for (Point* point : {&here_, &there_}) {
    point->x = model::DualField(domain, "state of a descent", target.components());
    point->gradient = preconditioner_.make_vector("whitened gradient");
  }
}

double Descent::dot(const model::Vector& a, const model::Vector& b) const {
  return preconditioner_.dot(a.data(), b.data()).value();
}

double Descent::distance(model::DualField& a, model::DualField& b) {
  a.copy_to(raw_gradient_);
  preconditioner_.add(-1.0, b.values(space()), raw_gradient_.data());
  return std::sqrt(dot(raw_gradient_, raw_gradient_));
}

void Descent::evaluate(Point& point) {
  gradient_sum_.clear();
  point.energy = target_.evaluate(point.x, &gradient_sum_);
  gradient_sum_.take(raw_gradient_);
  preconditioner_.scale(0.0, point.gradient.data());
  preconditioner_.add_root(1.0, raw_gradient_.data(), point.gradient.data());
}

double Descent::aim() {
  double* q = direction_.data();
  direction_.copy_from(here_.gradient);
  std::vector<double> shares(pairs_.size());
  for (std::size_t i = pairs_.size(); i-- > 0;) {
    shares[i] = dot(pairs_[i].step, direction_) / pairs_[i].product;
    preconditioner_.add(-shares[i], pairs_[i].change.data(), q);
  }
  if (!pairs_.empty()) {
    const Pair& last = pairs_.back();
    preconditioner_.scale(last.product / dot(last.change, last.change), q);
  }
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const double share = dot(pairs_[i].change, direction_) / pairs_[i].product;
    preconditioner_.add(shares[i] - share, pairs_[i].step.data(), q);
  }
  preconditioner_.scale(-1.0, q);
  return dot(direction_, here_.gradient);
}

double Descent::search(double slope, double longest) {
  double lower = 0.0;
  double upper = std::numeric_limits<double>::infinity();
  double length = std::min(1.0, longest);
  const double noise = rounding * std::abs(here_.energy.value());
  constexpr int most_trials = 60;
  for (int trial = 0; trial < most_trials; ++trial) {
    there_.x.copy_from(here_.x, space());
    preconditioner_.add_root(length, direction_.data(), there_.x.change(space()));
    evaluate(there_);
    const double change = (there_.energy - here_.energy).value();
    const double slope_there = dot(direction_, there_.gradient);
    const bool is_down =
        change <= decrease * length * slope || (change <= noise && slope_there <= (2.0 * decrease - 1.0) * slope);
    if (!is_down || std::isnan(slope_there)) {
      upper = length;
    } else if (slope_there < flattening * slope && length < longest) {
      lower = length;
    } else {
      return length;
    }
    length = std::min(longest, std::isinf(upper) ? 2.0 * lower : 0.5 * (lower + upper));
  }
  return 0.0;
}

void Descent::remember(double length) {
  Pair pair;
  if (std::ssize(pairs_) == options_.history) {
    pair = std::move(pairs_.front());
    pairs_.pop_front();
  } else {
    pair.step = preconditioner_.make_vector("step");
    pair.change = preconditioner_.make_vector("change of gradient");
  }
  pair.step.copy_from(direction_);
  preconditioner_.scale(length, pair.step.data());
  pair.change.copy_from(there_.gradient);
  preconditioner_.add(-1.0, here_.gradient.data(), pair.change.data());
  pair.product = dot(pair.step, pair.change);
  // A step cut short may end where the energy still curves down: no quadratic model has that.
  if (pair.product > 0.0) pairs_.push_back(std::move(pair));
}

Descent::Result Descent::follow(model::DualField& x, double largest_move, const std::function<void()>& alive) {
  pairs_.clear();
  here_.x.copy_from(x, space());
  evaluate(here_);
  if (!std::isfinite(here_.energy.value())) {
    throw base::NumericsError("the energy of a start is not finite",
                              "look for states outside of the target's domain (task.states) or for bad data");
  }
  Result result;
  double norm = std::sqrt(dot(here_.gradient, here_.gradient));
  const double goal = options_.tolerance * norm;
  for (; norm > goal && result.iterations < options_.max_iterations; ++result.iterations) {
    alive();
    double slope = aim();
    if (!(slope < 0.0)) {
      pairs_.clear();
      slope = aim();
    }
    const double move = std::sqrt(preconditioner_.dot(direction_.data(), direction_.data(), 2).value());
    const double length = search(slope, largest_move / move);
    if (length == 0.0) {
      if (pairs_.empty()) break;
      pairs_.clear();  // the model of the curvature is wrong: once more, straight down
      continue;
    }
    remember(length);
    std::swap(here_, there_);
    norm = std::sqrt(dot(here_.gradient, here_.gradient));
  }
  x.copy_from(here_.x, space());
  result.energy = here_.energy;
  result.gradient_norm = norm;
  result.is_converged = norm <= goal;
  return result;
}

}  // namespace scorefield::tasks
