/// parallel_tempering: acceptance of exchanges and laws of all rungs from exact draws, caches that follow their states,
/// a ladder that freezes, and exact values of phi^4 with broken symmetry.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "noise/normals.hpp"
#include "reduce/rows.hpp"
#include "samplers/common/gradient_sampler.hpp"
#include "support/exact_laws.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield {
namespace {

TEST(Oracle, PublishedSwapAcceptances) {
  EXPECT_NEAR(test::acceptance_of_ratio(32, 1.0 / 1.2), 0.609127052229, 1e-10);
  EXPECT_NEAR(test::acceptance_of_ratio(256, 1.0 / 1.2), 0.145353224416, 1e-10);
}

/// Layers B and D. 40,000 exchanges between exact draws at T = 1 and T = 1.5: the acceptance is known, a relative error
/// of 1 % of it shows at z > 5; after the exchange both are exact draws still, and an error of 2.5 % of a variance
/// shows.
TEST(Exchange, OfExactDraws) {
  constexpr double d = 15.0;
  constexpr double hottest = 1.5;
  test::Replicas ladder(test::white_deck(
      "{type: parallel_tempering, sampler: {type: hmc, step_size: 0.5}, hottest: 1.5, rungs: 2, adapt: "
      "false}"));
  test::ZScore cold(0.5 * d, 0.5 * d);
  test::ZScore hot(0.5 * d * hottest, 0.5 * d * hottest * hottest);
  double sum = 0.0;
  double squares = 0.0;
  constexpr int exchanges = 40000;
  for (int i = 0; i < exchanges; ++i) {
    for (std::size_t k = 0; k < 2; ++k) {
      model::Chain& chain = *ladder.chains[k];
      const grid::SpectralField& x = chain.x.set_fourier();
      noise::fill_white(*ladder.s.domain, {.seed = 5, .chain = static_cast<std::uint32_t>(k), .step = std::uint64_t(i)},
                        x);
      for (std::int64_t m = 0; m < x.size(); ++m) x.data()[m] *= (k == 0 ? 1.0 : std::sqrt(hottest)) * 4.0;
      x.data()[0] = 0.0;       // the mean is held at zero
      chain.step = 2 * i + 1;  // the pair is tried at odd steps
      ladder.s.sampler->refresh(chain);
    }
    const double before = sum;
    ladder.s.sampler->exchange(ladder.ensemble);
    sum = ladder.figure(1)[0] * (i + 1);  // the mean acceptance so far
    squares += (sum - before) * (sum - before);
    for (std::size_t k = 0; k < 2; ++k) {
      model::Chain& chain = *ladder.chains[k];
      // What a chain caches is that of the state it now has, at its own temperature.
      const double energy = ladder.s.target->evaluate(chain.x, nullptr).value();
      ASSERT_NEAR(chain.energy.value(), k == 0 ? energy : energy / hottest, 1e-12 * energy);
      (k == 0 ? cold : hot).add(energy);
    }
  }
  const double mean = sum / exchanges;
  const double exact = test::acceptance_of_ratio(d, 1.0 / hottest);
  const double z = (mean - exact) / std::sqrt((squares / exchanges - mean * mean) / exchanges);
  std::printf("acceptance %.5f, exact %.5f, z %.2f; z of energy at T = 1 %.2f, at T = 1.5 %.2f\n", mean, exact, z,
              cold.z(), hot.z());
  EXPECT_LT(std::abs(z), 5.0);
  EXPECT_LT(std::abs(cold.z()), 5.0);
  EXPECT_LT(std::abs(hot.z()), 5.0);
}

/// The gradient that a chain keeps is that of its own energy, beta E: along a direction, by differences, which are
/// exact for a quadratic form but for rounding.
TEST(Exchange, GradientsAreThoseOfTheTemperedEnergy) {
  test::Replicas ladder(test::white_deck(
      "{type: parallel_tempering, sampler: {type: hmc, step_size: 0.5}, hottest: 1.5, rungs: 2, adapt: false}"));
  for (auto& base : ladder.chains) {
    auto& chain = static_cast<samplers::GradientChain&>(*base);
    const grid::SpectralField direction(*ladder.s.domain, "direction");
    noise::fill_white(*ladder.s.domain, {.seed = 6}, direction);
    const double slope = reduce::dot(*ladder.s.domain, chain.gradient.fourier(), direction).value();
    const auto energy_at = [&](double t) {
      const grid::SpectralField& x = chain.x.set_fourier();
      for (std::int64_t m = 1; m < x.size(); ++m) x.data()[m] += t * direction.data()[m];
      ladder.s.sampler->refresh(chain);
      return chain.energy.value();
    };
    const double above = energy_at(1.0);
    EXPECT_NEAR(slope, 0.5 * (above - energy_at(-2.0)), 1e-10);
  }
}

TEST(Temperatures, AreSpacedInWarmUpAndFrozenAfterIt) {
  test::Replicas ladder(test::white_deck(
      "{type: parallel_tempering, sampler: {type: hmc, step_size: 0.5}, hottest: 8.0, rungs: 4}", "{warmup: 200}"));
  const std::vector<double> first = ladder.figure(0);
  for (int step = 0; step < 200; ++step) ladder.step();
  const std::vector<double> frozen = ladder.figure(0);
  EXPECT_NE(first, frozen);
  EXPECT_DOUBLE_EQ(frozen.front(), 1.0);
  EXPECT_NEAR(frozen.back(), 8.0, 1e-9);
  for (int step = 0; step < 200; ++step) {
    ladder.step();
    ASSERT_EQ(ladder.figure(0), frozen);
  }
  EXPECT_GT(ladder.figure(2)[0], 3.0);  // round trips
}

/// Without `rungs`: as many as the 25 % rule asks for.
TEST(Temperatures, NumberByTheQuarterRule) {
  test::Sampling s(test::white_deck("{type: parallel_tempering, sampler: hmc, hottest: 4.0}"));
  const std::int64_t rungs = s.components.replicas_of(s.deck.options.sampler, s.domain->lattice());
  const double ratio = std::pow(4.0, 1.0 / static_cast<double>(rungs - 1));
  EXPECT_GE(test::acceptance_of_ratio(16.0, 1.0 / ratio), 0.24);
  EXPECT_LT(test::acceptance_of_ratio(16.0, std::pow(4.0, -1.0 / static_cast<double>(rungs - 2))), 0.26);
}

/// Layer E: 64 chains of three rungs on the 4 x 4 torus with broken symmetry, t_63 of their means. The values are those
/// of a transfer matrix. Errors come out below 2 %, so 12 % are found with certainty.
class OnTorus : public ::testing::TestWithParam<const char*> {};

TEST_P(OnTorus, AgreesWithTheTransferMatrix) {
  const std::vector<double> exact{0.60757665495, 0.7106125797, 6.1726546779};
  std::vector<double> sum(3, 0.0), squares(3, 0.0);
  constexpr int chains = 64;
  constexpr int steps = 1500;
  for (int id = 0; id < chains; ++id) {
    test::Replicas ladder(
        std::string("run: {seed: 31, warmup: 300}\ndomain: {shape: [4, 4]}\ntarget: {type: phi4, "
                    "mass_squared: -2.0, coupling: 0.5}\nsampler: {type: parallel_tempering, hottest: 2.5, "
                    "rungs: 3, sampler: ") +
            GetParam() + "}\n",
        id);
    std::vector<double> mean(3, 0.0);
    for (int step = 0; step < 300 + steps; ++step) {
      ladder.step();
      if (step < 300) continue;
      const double* x = ladder.chains[0]->x.real().data();
      double m = 0.0, second = 0.0, fourth = 0.0;
      for (int i = 0; i < 16; ++i) {
        m += x[i];
        second += x[i] * x[i] / 16.0;
        fourth += x[i] * x[i] * x[i] * x[i] / 16.0;
      }
      const double values[] = {second, fourth, m * m / 16.0};
      for (std::size_t i = 0; i < 3; ++i) mean[i] += (values[i] - exact[i]) / steps;
    }
    for (std::size_t i = 0; i < 3; ++i) {
      sum[i] += mean[i];
      squares[i] += mean[i] * mean[i];
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const double mean = sum[i] / chains;
    const double error = std::sqrt((squares[i] / chains - mean * mean) / (chains - 1));
    std::printf("%s: t %.2f, error %.2f %%\n", GetParam(), mean / error, 100.0 * error / exact[i]);
    EXPECT_LT(std::abs(mean / error), 6.0);
    EXPECT_LT(error / exact[i], 0.02);
  }
}

INSTANTIATE_TEST_SUITE_P(Tempering, OnTorus,
                         ::testing::Values("{type: hmc, leapfrog_steps: 4}", "{type: block_mala, block: 2}", "nuts"));

}  // namespace
}  // namespace scorefield
