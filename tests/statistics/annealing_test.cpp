/// Simulated annealing ends in the state of lowest energy where all states can be looked at.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "samplers/exchange/annealing.hpp"
#include "support/symbol_states.hpp"

namespace scorefield {
namespace {

struct Case {
  const char *shape, *target, *sampler;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.sampler << ' ' << c.target; }
class GroundState : public ::testing::TestWithParam<Case> {};

/// Twenty chains end where no change of one symbol lowers E, a quarter of them at the very least in the lowest state of
/// all. Recorded energies are those of the target, not of the target at a temperature.
TEST_P(GroundState, IsFound) {
  const Case& c = GetParam();
  test::States states(test::symbol_deck(
      c.shape, c.target,
      std::string("{type: annealing, sampler: ") + c.sampler + ", from: 5.0, to: 0.01, steps: 1500}"));
  const double lowest = *std::min_element(states.energies.begin(), states.energies.end());
  int found = 0;
  for (int id = 0; id < 20; ++id) {
    auto chain = states.s.chain(id);
    double least = 1e9;
    for (int step = 0; step < 1600; ++step) {
      states.s.sampler->step(*chain);
      if (step % 400 != 0 && step != 1599) continue;
      states.s.sampler->settle(*chain);
      EXPECT_NEAR(chain->energy.value(), states.energy(states.number(chain->x.real().data())), 1e-12);
      least = std::min(least, chain->energy.value());
    }
    EXPECT_EQ(states.s.sampler->figures(*chain).back().values.front(), least);
    const std::int64_t end = states.number(chain->x.real().data());
    for (std::int64_t cell = 0; cell < states.cells; ++cell) {
      for (int symbol = 0; symbol < states.q; ++symbol) {
        EXPECT_LT(states.energy(end), states.energy(states.with(end, cell, symbol)) + 1e-12) << "chain " << id;
      }
    }
    found += chain->energy.value() < lowest + 1e-9 ? 1 : 0;
  }
  std::printf("%s: %d of 20 in the lowest state\n", c.target, found);
  EXPECT_GE(found, 5);
  EXPECT_TRUE(states.s.sampler->is_biased());
}

INSTANTIATE_TEST_SUITE_P(
    Symbols, GroundState,
    ::testing::Values(
        // An odd ring of spins that favour unequal neighbours cannot please all bonds.
        Case{"[3, 5]",
             "{type: ising, temperature: 1.0, couplings: [-1.0, -0.7], field: 0.35, boundaries: [open, open]}",
             "metropolis"},
        Case{"[3, 4]",
             "{type: potts, symbols: 3, temperature: 0.8, coupling: -1.0, field: [0.0, 0.3, 0.1], boundaries: "
             "[open, periodic]}",
             "heat_bath"},
        Case{"[3]", "{type: energy_table, symbols: 2, energies: [0.3, -0.2, 1.0, 0.5, -0.25, 0.9, 0.0, 0.4]}",
             "metropolis"}));

/// T by step: the ends, equal ratios or differences between, held at the end.
TEST(Schedule, GoesFromEndToEnd) {
  for (const char* schedule : {"geometric", "linear"}) {
    test::Sampling s(test::symbol_deck("[4, 4]", "{type: ising, temperature: 1.0}",
                                       std::string("{type: annealing, sampler: metropolis, from: 4.0, to: 1.0, steps: "
                                                   "2, schedule: ") +
                                           schedule + "}"));
    const auto& annealing = dynamic_cast<const samplers::Annealing&>(*s.sampler);
    EXPECT_DOUBLE_EQ(annealing.temperature(0), 4.0);
    EXPECT_DOUBLE_EQ(annealing.temperature(1), std::string(schedule) == "linear" ? 2.5 : 2.0);
    EXPECT_DOUBLE_EQ(annealing.temperature(2), 1.0);
    EXPECT_DOUBLE_EQ(annealing.temperature(1000), 1.0);
  }
}

/// A Gaussian field of 64 cells held at T: E / T is half a chi^2 of 64, of mean 32 and standard deviation 5.7. Of 600
/// steps at the end at least 20 are independent: 5 sigma of their mean are 6.3.
TEST(Fields, AreHeldAtTheLastTemperature) {
  test::Sampling s(
      test::symbol_deck("[8, 8]", "{type: phi4, mass_squared: 1.0, coupling: 0.0}",
                        "{type: annealing, sampler: {type: hmc, step_size: 0.07, leapfrog_steps: 10}, from: "
                        "1.0, to: 0.05, steps: 400}"));
  auto chain = s.chain(0);
  double sum = 0.0;
  for (int step = 0; step < 1000; ++step) {
    s.sampler->step(*chain);
    s.sampler->settle(*chain);
    if (step >= 400) sum += chain->energy.value() / 0.05 / 600.0;
  }
  std::printf("<E / T> = %.2f\n", sum);
  EXPECT_LT(std::abs(sum - 32.0), 6.3);
}

/// A drop of T at once: what the sampler has cached of the state at the old T is not taken for the new one's, or no
/// move would be accepted again.
TEST(Fields, FollowADropOfTheTemperature) {
  test::Sampling s(
      test::symbol_deck("[8, 8]", "{type: phi4, mass_squared: 1.0, coupling: 0.0}",
                        "{type: annealing, sampler: {type: hmc, step_size: 0.03, leapfrog_steps: 20}, from: "
                        "1.0, to: 0.01, steps: 1}"));
  auto chain = s.chain(0);
  for (int step = 0; step < 300; ++step) s.sampler->step(*chain);
  s.sampler->settle(*chain);
  // Of mean 32 and standard deviation 5.7; at the old temperature 3200.
  EXPECT_LT(std::abs(chain->energy.value() / 0.01 - 32.0), 5.0 * 5.7);
}

}  // namespace
}  // namespace scorefield
