/// Layer A for mala, hmc, adjusted_mclmc and random_walk: moves rebuilt by the test from differences of the energy.
/// They keep volumes (or change them by a known factor) and are reversible, so the law is kept if the sampler accepts
/// them with min(1, exp(-dH)) and otherwise stays: that it does exactly this, over consecutive steps, is compared
/// number by number. Tolerances are declared: 1e-9 for states (rounding, and RK4 in 512 parts), 1e-6 for determinants
/// and acceptances that hold them (differences of fourth order at a distance of 1e-3).

#include <gtest/gtest.h>

#include <cstdio>

#include "support/rebuilt_dynamics.hpp"

namespace scorefield {
namespace {

using noise::Purpose;
using test::Phase;
using test::Rebuilt;
using test::Values;

constexpr double rounding = 1e-9;
constexpr double by_differences = 1e-6;

/// A move worked out by the test and the log of the ratio that it must be accepted with.
struct Proposal {
  Values x;
  double log_ratio;
};

/// Counts of what a test saw: all accepted or all refused, it would have seen little.
struct Seen {
  int moved = 0, stayed = 0, below_one = 0;
};

/// One step of the sampler against the rebuilt proposal.
void compare(Rebuilt& lab, model::Chain& chain, const Proposal& proposal, double tolerance, Seen& seen) {
  const Values before = Rebuilt::state(chain);
  const double uniform = noise::uniform(Rebuilt::stream(chain, Purpose::accept));
  const double acceptance = std::min(1.0, std::exp(proposal.log_ratio));
  lab.step(chain);
  EXPECT_NEAR(chain.acceptance, acceptance, tolerance);
  const Values& expected = uniform < acceptance ? proposal.x : before;
  EXPECT_LT(test::distance(Rebuilt::state(chain), expected), rounding);
  EXPECT_NEAR(chain.energy.value(), lab.energy(expected), rounding * 100.0);
  ++(uniform < acceptance ? seen.moved : seen.stayed);
  seen.below_one += acceptance < 0.99;
}

void expect_enough(const char* sampler, const test::Law& law, const Seen& seen) {
  std::printf("%s, %s: moved %d, stayed %d, acceptance below one %d\n", sampler, law.name, seen.moved, seen.stayed,
              seen.below_one);
  EXPECT_GE(seen.moved, 5);
  EXPECT_GE(seen.stayed, 2);
  EXPECT_GE(seen.below_one, 5);
}

/// Leapfrog steps of a trajectory: uniform from 2 to 4 for leapfrog_steps 3, jitter 0.4.
std::int64_t steps_of(const model::Chain& chain) {
  return 2 + static_cast<std::int64_t>(std::floor(3.0 * noise::uniform(Rebuilt::stream(chain, Purpose::path_length))));
}
constexpr const char* path = ", leapfrog_steps: 3, jitter: 0.4, step_size: ";

/// 40 chains of 3 steps each: the later steps start from what the sampler keeps, after refusals too.
constexpr int chains = 40;
constexpr int steps_each = 3;

Values flipped(const Values& u) { return test::scaled(-1.0, u); }

/// The map of (x, u) in coordinates about a point: of the free directions of x, then of those of u.
Values coordinates(const std::vector<Values>& of_x, const std::vector<Values>& of_u, const Phase& z) {
  Values out;
  for (const Values& b : of_x) out.push_back(test::dot(b, z.x));
  for (const Values& b : of_u) out.push_back(test::dot(b, z.u));
  return out;
}
Phase at(const std::vector<Values>& of_x, const std::vector<Values>& of_u, Phase z, const Values& c) {
  std::size_t i = 0;
  for (const Values& b : of_x) z.x = test::plus(z.x, c.at(i++), b);
  for (const Values& b : of_u) z.u = test::plus(z.u, c.at(i++), b);
  return z;
}

class OnFewCells : public ::testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] static const test::Law& law() { return test::few_cells().at(GetParam()); }
  /// One of four, by law.
  [[nodiscard]] static double of(const std::array<double, 4>& values) { return values.at(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Balance, OnFewCells, ::testing::Range(std::size_t{0}, test::few_cells().size()),
                         [](const auto& test) { return test::name_of_law(test.param); });

TEST_P(OnFewCells, Hmc) {
  const double h = of({1.1, 0.9, 0.45, 0.45});
  Rebuilt lab(law(), "type: hmc" + std::string(path) + std::to_string(h));
  Seen seen;
  for (int id = 0; id < chains; ++id) {
    const auto chain = lab.chain(id);
    for (int step = 0; step < steps_each; ++step) {
      const Phase start{Rebuilt::state(*chain), lab.white(*chain, Purpose::momentum)};
      const std::int64_t steps = steps_of(*chain);
      const Phase end = test::leapfrog(lab, h, steps, start);
      if (id < 8 && step == 0) {
        const Phase back = test::leapfrog(lab, h, steps, {end.x, flipped(end.u)});
        EXPECT_LT(test::distance(back.x, start.x), rounding);
        EXPECT_LT(test::distance(flipped(back.u), start.u), rounding);
      }
      if (id < 2 && step == 0) {
        const auto basis = lab.basis(Values(start.x.size(), 0.0));
        const auto map = [&](const Values& c) {
          return coordinates(basis, basis, test::leapfrog(lab, h, steps, at(basis, basis, start, c)));
        };
        EXPECT_NEAR(test::log_determinant(map, 2 * basis.size()), 0.0, by_differences);
      }
      const double kinetic = 0.5 * (test::dot(start.u, start.u) - test::dot(end.u, end.u));
      compare(lab, *chain, {end.x, lab.energy_difference(start.x, end.x) + kinetic}, rounding, seen);
    }
  }
  expect_enough("hmc", law(), seen);
}

/// Directions are uniform on the sphere, so Green's ratio is pi(x') / pi(x) times the determinant of the map on x and
/// the sphere's tangent: that is what the sampler's change of kinetic energy must be.
TEST_P(OnFewCells, AdjustedMclmc) {
  const double h = of({3.5, 3.0, 1.5, 2.0});
  Rebuilt lab(law(), "type: adjusted_mclmc" + std::string(path) + std::to_string(h));
  Seen seen;
  double most_volume = 0.0;
  for (int id = 0; id < 10; ++id) {
    const auto chain = lab.chain(id);
    for (int step = 0; step < 2; ++step) {
      const Phase start{Rebuilt::state(*chain), test::unit(lab.white(*chain, Purpose::momentum))};
      const std::int64_t steps = steps_of(*chain);
      const auto basis = lab.basis(Values(start.x.size(), 0.0));
      const auto dimensions = static_cast<double>(basis.size());
      const Phase end = test::isokinetic(lab, h, steps, start, dimensions);
      const Phase back = test::isokinetic(lab, h, steps, {end.x, flipped(end.u)}, dimensions);
      EXPECT_LT(test::distance(back.x, start.x), rounding);
      EXPECT_LT(test::distance(flipped(back.u), start.u), rounding);
      const auto tangent = lab.basis(start.u);
      const auto tangent_at_end = lab.basis(end.u);
      const auto map = [&](const Values& c) {
        Phase from = at(basis, tangent, start, c);
        from.u = test::unit(from.u);
        return coordinates(basis, tangent_at_end, test::isokinetic(lab, h, steps, from, dimensions));
      };
      const double volume = test::log_determinant(map, basis.size() + tangent.size());
      most_volume = std::max(most_volume, std::abs(volume));
      compare(lab, *chain, {end.x, lab.energy_difference(start.x, end.x) + volume}, by_differences, seen);
    }
  }
  EXPECT_GT(most_volume, 0.5);
  expect_enough("adjusted_mclmc", law(), seen);
}

/// q(x, .) is normal about x - h M g(x) with covariance 2 h M: of its density the norm of the whitened noise alone
/// differs between the ways there and back.
TEST_P(OnFewCells, Mala) {
  const double h = of({0.5, 0.3, 0.1, 0.1});
  Rebuilt lab(law(), "type: mala, step_size: " + std::to_string(h));
  Seen seen;
  for (int id = 0; id < chains; ++id) {
    const auto chain = lab.chain(id);
    for (int step = 0; step < steps_each; ++step) {
      const Values x = Rebuilt::state(*chain);
      const Values there = lab.white(*chain, Purpose::proposal);
      const Values move = test::plus(test::scaled(std::sqrt(2.0 * h), there), -h, lab.gradient(x));
      const Values y = lab.moved(x, 1.0, move);
      const Values back = test::scaled(1.0 / std::sqrt(2.0 * h), test::plus(flipped(move), h, lab.gradient(y)));
      const double ratio = 0.5 * (test::dot(there, there) - test::dot(back, back));
      compare(lab, *chain, {y, lab.energy_difference(x, y) + ratio}, rounding, seen);
    }
  }
  expect_enough("mala", law(), seen);
}

/// The proposal adds numbers that do not know x: symmetric, whatever M.
TEST_P(OnFewCells, RandomWalk) {
  const double h = of({0.5, 0.3, 0.3, 0.3});
  Rebuilt lab(law(), "type: random_walk, step_size: " + std::to_string(h));
  Seen seen;
  for (int id = 0; id < chains; ++id) {
    const auto chain = lab.chain(id);
    for (int step = 0; step < steps_each; ++step) {
      const Values x = Rebuilt::state(*chain);
      const Values y = lab.moved(x, h, lab.white(*chain, Purpose::proposal));
      compare(lab, *chain, {y, lab.energy_difference(x, y)}, rounding, seen);
    }
  }
  expect_enough("random_walk", law(), seen);
}

}  // namespace
}  // namespace scorefield
