/// Layer A for nuts. Its rule is written once more, recursively and on the numbered points of a leapfrog trajectory
/// (Hoffman & Gelman 2014; Betancourt 2017), and used twice: with the sampler's own random numbers, where both must
/// come to the same states; and with probabilities in place of random numbers, where the rule must leave the weights
/// exp(-H) of the points of a trajectory invariant.

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>
#include <map>

#include "support/rebuilt_dynamics.hpp"

namespace scorefield {
namespace {

using noise::Purpose;
using test::Phase;
using test::Rebuilt;
using test::Values;

double log_add(double a, double b) { return std::max(a, b) + std::log1p(std::exp(-std::abs(a - b))); }

/// Points of a leapfrog trajectory by number, found when asked for: the start is 0, earlier ones are negative.
class Orbit {
 public:
  struct Point {
    Phase z;
    double log_weight;  ///< -(H - H of the start)
  };
  Orbit(Rebuilt& lab, double h, const Phase& start) : lab_(&lab), h_(h) { points_.push_back({start, 0.0}); }
  const Point& operator()(std::int64_t i) {
    while (i > last()) points_.push_back(after(points_.back(), h_));
    for (; i < first_; --first_) points_.push_front(after(points_.front(), -h_));
    return points_[static_cast<std::size_t>(i - first_)];
  }

 private:
  [[nodiscard]] std::int64_t last() const { return first_ + std::ssize(points_) - 1; }
  [[nodiscard]] Point after(const Point& from, double h) const {
    const Phase z = test::leapfrog(*lab_, h, 1, from.z);
    const double kinetic = 0.5 * (test::dot(from.z.u, from.z.u) - test::dot(z.u, z.u));
    return {z, from.log_weight + lab_->energy_difference(from.z.x, z.x) + kinetic};
  }
  Rebuilt* lab_;
  double h_;
  std::deque<Point> points_;
  std::int64_t first_ = 0;
};

/// Whether the stretch from point a to point b turns back: the distance that it covers, by the trapezoidal rule, points
/// against the momentum at one of its ends.
bool is_turning(Orbit& orbit, std::int64_t a, std::int64_t b) {
  Values way = test::scaled(0.5, orbit(a).z.u);
  for (std::int64_t i = a + 1; i < b; ++i) way = test::plus(way, 1.0, orbit(i).z.u);
  way = test::plus(way, 0.5, orbit(b).z.u);
  return !(test::dot(way, orbit(a).z.u) > 0.0 && test::dot(way, orbit(b).z.u) > 0.0);
}
/// Whether it, or a half of it, or a half of that, turns back.
bool has_turning_part(Orbit& orbit, std::int64_t a, std::int64_t b) {
  if (a == b) return false;
  const std::int64_t middle = a + (b - a) / 2;
  return has_turning_part(orbit, a, middle) || has_turning_part(orbit, middle + 1, b) || is_turning(orbit, a, b);
}

/// What ended a trajectory.
enum class End { part_turning, whole_turning, depth };

/// The rule. `Choice` is a point, or a law over points; take(log p, other) makes it the other with probability p.
template <class Choice, class IsForward>
Choice no_u_turn(Orbit& orbit, std::int64_t start, int max_depth, const IsForward& is_forward, const Choice& choice,
                 End* end = nullptr) {
  Choice tree = choice.at(start);
  double log_weight = orbit(start).log_weight;
  std::int64_t first = start;
  std::int64_t last = start;
  if (end != nullptr) *end = End::depth;
  for (int depth = 0; depth < max_depth; ++depth) {
    const std::int64_t size = std::int64_t{1} << depth;
    const std::int64_t sign = is_forward(depth) ? 1 : -1;
    const std::int64_t nearest = sign > 0 ? last + 1 : first - 1;
    Choice part = choice.at(nearest);
    double log_weight_of_part = orbit(nearest).log_weight;
    for (std::int64_t leaf = 1; leaf < size; ++leaf) {
      const std::int64_t point = nearest + sign * leaf;
      log_weight_of_part = log_add(log_weight_of_part, orbit(point).log_weight);
      part.take(orbit(point).log_weight - log_weight_of_part, choice.at(point));
    }
    const std::int64_t farthest = nearest + sign * (size - 1);
    if (has_turning_part(orbit, std::min(nearest, farthest), std::max(nearest, farthest))) {
      if (end != nullptr) *end = End::part_turning;
      return tree;
    }
    tree.take(log_weight_of_part - log_weight, part);
    log_weight = log_add(log_weight, log_weight_of_part);
    first = std::min(first, farthest);
    last = std::max(last, farthest);
    if (is_turning(orbit, first, last)) {
      if (end != nullptr) *end = End::whole_turning;
      return tree;
    }
  }
  return tree;
}

/// A point drawn by the next uniform numbers.
struct Drawn {
  std::function<double()> uniform;
  std::int64_t point = 0;
  [[nodiscard]] Drawn at(std::int64_t i) const { return {uniform, i}; }
  void take(double log_p, const Drawn& other) {
    if (std::log(uniform()) < log_p) point = other.point;
  }
};

/// Probabilities of all points.
struct Probabilities {
  std::map<std::int64_t, double> of;
  [[nodiscard]] static Probabilities at(std::int64_t i) { return {{{i, 1.0}}}; }
  void take(double log_p, const Probabilities& other) { mix(std::min(1.0, std::exp(log_p)), other); }
  void mix(double p, const Probabilities& other) {
    for (auto& [point, probability] : of) probability *= 1.0 - p;
    for (const auto& [point, probability] : other.of) of[point] += p * probability;
  }
};

class NutsOnFewCells : public ::testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] static const test::Law& law() { return test::few_cells().at(GetParam()); }
  /// Deep trees of like weights, and shallow ones whose weights differ.
  [[nodiscard]] static std::array<double, 2> step_sizes() {
    const double h = std::array{0.3, 0.25, 0.1, 0.1}.at(GetParam());
    return {h, 2.5 * h};
  }
};
INSTANTIATE_TEST_SUITE_P(Balance, NutsOnFewCells, ::testing::Range(std::size_t{0}, test::few_cells().size()),
                         [](const auto& test) { return test::name_of_law(test.param); });

/// 40 chains of 4 steps each: the later ones start from what the sampler keeps. 1e-9: rounding over 31 leapfrog steps.
TEST_P(NutsOnFewCells, TakesTheStateOfTheRule) {
  constexpr int max_depth = 5;
  int moved = 0;
  std::map<End, int> ends;
  for (const double h : step_sizes()) {
    Rebuilt lab(law(), "type: nuts, max_depth: 5, step_size: " + std::to_string(h));
    for (int id = 0; id < 40; ++id) {
      const auto chain = lab.chain(id);
      for (int step = 0; step < 4; ++step) {
        Orbit orbit(lab, h, {Rebuilt::state(*chain), lab.white(*chain, Purpose::momentum)});
        const noise::Stream stream = Rebuilt::stream(*chain, Purpose::tree);
        std::uint64_t used = 0;
        const auto uniform = [&] { return noise::uniform(stream, used++); };
        const auto is_forward = [&](int /*depth*/) { return uniform() < 0.5; };
        End end = End::depth;
        const Drawn drawn = no_u_turn(orbit, 0, max_depth, is_forward, Drawn{uniform}, &end);
        lab.step(*chain);
        const Values& expected = orbit(drawn.point).z.x;
        EXPECT_LT(test::distance(Rebuilt::state(*chain), expected), 1e-9) << "chain " << id << " step " << step;
        EXPECT_NEAR(chain->energy.value(), lab.energy(expected), 1e-7);
        moved += drawn.point != 0;
        ++ends[end];
      }
    }
  }
  std::printf("nuts, %s: moved %d of 320; ended by a part that turns %d, by the whole %d, by depth %d\n", law().name,
              moved, ends[End::part_turning], ends[End::whole_turning], ends[End::depth]);
  EXPECT_GT(moved, 100);
  EXPECT_GE(ends[End::part_turning], 5);
  EXPECT_GE(ends[End::whole_turning], 5);
}

/// sum_i w_i P(i -> 0) = w_0 over all points i that a trajectory of depth 4 leads from to 0, for points and momenta of
/// the law. Stated beforehand: 1e-12, as sums of at most 31 x 16 terms of rounding.
TEST_P(NutsOnFewCells, LeavesTheWeightsInvariant) {
  constexpr int max_depth = 4;
  constexpr std::int64_t reach = (1 << max_depth) - 1;
  constexpr unsigned paths = 1U << max_depth;
  double least_weight = 0.0;
  for (const double h : step_sizes()) {
    Rebuilt lab(law(), "type: nuts, step_size: " + std::to_string(h));
    for (int id = 0; id < 16; ++id) {
      const auto chain = lab.chain(id);
      for (int step = 0; step < 20; ++step) lab.step(*chain);
      Orbit orbit(lab, h, {Rebuilt::state(*chain), lab.white(*chain, Purpose::momentum)});
      double flow = 0.0;
      double stays = 0.0;
      for (std::int64_t i = -reach; i <= reach; ++i) {
        double to_start = 0.0;
        double total = 0.0;
        for (unsigned path = 0; path < paths; ++path) {  // all sequences of directions, equally likely
          const auto is_forward = [&](int depth) { return (path >> depth & 1U) != 0; };
          for (const auto& [point, p] : no_u_turn(orbit, i, max_depth, is_forward, Probabilities{}).of) {
            total += p / paths;
            if (point == 0) to_start += p / paths;
          }
        }
        EXPECT_NEAR(total, 1.0, 1e-12);
        flow += std::exp(orbit(i).log_weight) * to_start;
        if (i == 0) stays = to_start;
        least_weight = std::min(least_weight, orbit(i).log_weight);
      }
      EXPECT_NEAR(flow, 1.0, 1e-12);
      EXPECT_LT(stays, 0.9);
    }
  }
  EXPECT_LT(least_weight, -0.5);  // of equal weights a rule that ignores them would do
}

}  // namespace
}  // namespace scorefield
