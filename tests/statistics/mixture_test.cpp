/// Mixtures of Gaussian fields: a law that is not Gaussian, with exact draws. Adjusted samplers keep it (layer B), and
/// parallel tempering finds the weights of modes that no sampler crosses between by itself.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <numbers>

#include "support/sampling_fixture.hpp"

namespace scorefield {
namespace {

/// Two overlapping components of different amplitude on 4 x 4 cells; the average of a matern field of variance 1.6 and
/// correlation length 1.2 has a standard deviation of .95.
std::string mixture(const std::string& sampler, const std::string& means = "[-0.9, 0.9]", int warmup = 0) {
  return "run: {seed: 41, warmup: " + std::to_string(warmup) +
         "}\ndomain: {shape: [4, 4]}\ntarget: {type: gaussian_mixture, weights: [0.3, 0.7], scales: [1.0, 0.7], "
         "means: " +
         means + ", spectrum: {type: matern, variance: 1.6, correlation_length: 1.2}}\nsampler: " + sampler + "\n";
}

double level(model::Chain& chain) {
  const grid::Field& x = chain.x.real();
  double sum = 0.0;
  for (std::int64_t i = 0; i < x.size(); ++i) sum += x.data()[i];
  return sum / static_cast<double>(x.size());
}

using test::Average;

struct Law {
  const char* sampler;
  double least_acceptance, most_acceptance;
};
void PrintTo(const Law& law, std::ostream* out) { *out << law.sampler; }
class OnMixture : public ::testing::TestWithParam<Law> {};

/// 20,000 exact draws, 8 steps each. Moments of the level, of the energy and of the virial before and after: an exact
/// draw stays one if and only if none of them changes, and E[x . dE/dx] is the number of degrees of freedom.
/// Differences of independent replicates have errors that are known from their scatter; a change of 5 % of a variance
/// shows.
TEST_P(OnMixture, ExactDrawsStayExact) {
  test::Sampling s(mixture(GetParam().sampler));
  std::vector<Average> change(6);
  Average virial;
  double acceptance = 0.0;
  double moved = 0.0;
  constexpr int replicates = 20000;
  constexpr int steps = 8;
  model::DualSum slope(*s.domain, "slope");
  for (int id = 0; id < replicates; ++id) {
    auto chain = s.chain(id);
    const auto figures = [&] {
      const double m = level(*chain);
      const double corner = chain->x.real().data()[0];
      return std::vector<double>{m, m * m, m * m * m, corner * corner, corner * m, chain->energy.value()};
    };
    const std::vector<double> before = figures();
    for (int step = 0; step < steps; ++step) {
      s.sampler->step(*chain);
      acceptance += chain->acceptance / (double{replicates} * steps);
    }
    const std::vector<double> after = figures();
    for (std::size_t i = 0; i < after.size(); ++i) change[i].add(after[i] - before[i]);
    moved += std::abs(after[5] - before[5]) / replicates;
    slope.clear();
    s.target->evaluate(chain->x, &slope);
    double work = 0.0;
    const double* x = chain->x.real().data();
    const double* g = slope.real().data();
    for (int i = 0; i < 16; ++i) work += x[i] * g[i];
    virial.add(work);
  }
  double worst = std::abs(virial.z(16.0));
  for (const Average& c : change) worst = std::max(worst, std::abs(c.z(0.0)));
  std::printf("%s: acceptance %.3f, largest |z| %.2f (virial %.2f)\n", GetParam().sampler, acceptance, worst,
              virial.z(16.0));
  EXPECT_LT(worst, 5.0);
  EXPECT_GT(moved, 0.1);
  EXPECT_GE(acceptance, GetParam().least_acceptance);
  EXPECT_LE(acceptance, GetParam().most_acceptance);
}

INSTANTIATE_TEST_SUITE_P(Samplers, OnMixture,
                         ::testing::Values(Law{"{type: mala, step_size: 0.035}", 0.6, 0.85},
                                           Law{"{type: hmc, step_size: 0.26, leapfrog_steps: 5}", 0.6, 0.85},
                                           Law{"{type: nuts, step_size: 0.25}", 0.6, 0.9},
                                           Law{"{type: adjusted_mclmc, step_size: 1.2, leapfrog_steps: 4}", 0.6, 0.9},
                                           Law{"{type: random_walk, step_size: 0.09}", 0.6, 0.85}));

/// Exact draws fall on three levels, far apart, with their weights, and vary about each by its own amplitude: 40,000
/// draws tell weights that are .012 off, and amplitudes 2 % off.
TEST(Mixture, DrawsAreExact) {
  test::Sampling s(
      "run: {seed: 42}\ndomain: {shape: [4, 4]}\ntarget: {type: gaussian_mixture, weights: [2, 3, 5], scales: [1.0, "
      "0.7, "
      "0.5], means: [-12.0, 0.0, 12.0], spectrum: {type: matern, variance: 1.6, correlation_length: 1.2}}\nsampler: "
      "mala\n");
  const std::vector<double> weights{0.2, 0.3, 0.5};
  const std::vector<double> scales{1.0, 0.7, 0.5};
  // The average of the field varies by s^2 P(0) / area, and P(0) = 2 pi l^2 variance of a matern field with nu = 1 in
  // 2-D.
  const double variance_of_level = 2.0 * std::numbers::pi * 1.2 * 1.2 * 1.6 / 16.0;
  std::vector<Average> share(3), squares(3);
  for (int id = 0; id < 40000; ++id) {
    auto chain = s.chain(id);
    const double m = level(*chain);
    for (int k = 0; k < 3; ++k) {
      const double from_level = m - 12.0 * (k - 1);
      const bool is_here = std::abs(from_level) < 6.0;
      share[static_cast<std::size_t>(k)].add(is_here ? 1.0 : 0.0);
      if (is_here) squares[static_cast<std::size_t>(k)].add(from_level * from_level);
    }
  }
  for (std::size_t k = 0; k < 3; ++k) {
    const double exact = scales[k] * scales[k] * variance_of_level;
    std::printf("component %zu: z of its weight %.2f, of its variance %.2f\n", k, share[k].z(weights[k]),
                squares[k].z(exact));
    EXPECT_LT(std::abs(share[k].z(weights[k])), 5.0);
    EXPECT_LT(std::abs(squares[k].z(exact)), 5.0);
  }
}

/// Levels six standard deviations apart: 64 chains of five rungs that all start between the modes find the weights .3
/// and .7. Were each to stay in the mode it falls into, the error would be .057; it must come out below .03.
TEST(Mixture, TemperingFindsTheWeights) {
  Average weight;
  double trips = 0.0;
  constexpr int chains = 64;
  constexpr int steps = 5000;
  for (int id = 0; id < chains; ++id) {
    test::Replicas replicas(
        mixture("{type: parallel_tempering, sampler: {type: hmc, leapfrog_steps: 4, start: zero}, hottest: 8.0, rungs: "
                "5}",
                "[-3.0, 3.0]", 500),
        id);
    double left = 0.0;
    for (int step = 0; step < 500 + steps; ++step) {
      replicas.step();
      if (step >= 500) left += (level(*replicas.chains[0]) < 0.0 ? 1.0 : 0.0) / steps;
    }
    weight.add(left);
    trips += replicas.figure(2)[0] / chains;
  }
  const double error = std::sqrt((weight.squares / chains - std::pow(weight.sum / chains, 2)) / (chains - 1));
  std::printf("weight of the left mode %.4f +- %.4f, t %.2f; %.0f round trips of a chain\n", weight.sum / chains, error,
              weight.z(0.3), trips);
  EXPECT_LT(std::abs(weight.z(0.3)), 6.0);
  EXPECT_LT(error, 0.03);
}

}  // namespace
}  // namespace scorefield
