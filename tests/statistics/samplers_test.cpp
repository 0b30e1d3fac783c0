/// Samplers against laws known in closed form, from exact starts: no burn-in. Energies have known variances; changes of
/// cells and acceptances are compared by the variance over independent replicates.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "noise/normals.hpp"
#include "samplers/exact/gaussian_exact.hpp"
#include "support/exact_laws.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield {
namespace {

std::string anisotropic(const std::string& sampler) {
  return "domain: {shape: [4, 4]}\ntarget: {type: gaussian_field, spectrum: {type: matern, correlation_length: 1.2, "
         "smoothness: "
         "1.0}}\nsampler: " +
         sampler + "\n";
}
std::string masked(const std::string& sampler) {
  return "domain: {shape: [6, 5]}\ntarget:\n  type: posterior\n  prior: {type: gaussian_field, spectrum: {type: "
         "matern, "
         "correlation_length: 1.5}}\n  likelihoods: [{type: linear, data: {mock_seed: 9}, operators: [{type: mask, "
         "border: 0.4}], "
         "noise: {type: gaussian, std: 0.4}}]\nsampler: " +
         sampler + "\n";
}

TEST(Oracle, PublishedAcceptances) {
  EXPECT_NEAR(test::mala_acceptance(1, 0.5), 0.920833151679, 1e-10);
  EXPECT_NEAR(test::mala_acceptance(4, 0.5), 0.814902011459, 1e-10);
  EXPECT_NEAR(test::mala_acceptance(256, 0.1), 0.858169147751, 1e-10);
  EXPECT_NEAR(test::hmc_acceptance(32, 0.5, 3), 0.856496535857, 1e-10);
  EXPECT_NEAR(test::hmc_acceptance(256, 0.3, 10), 0.981156441790, 1e-10);
  EXPECT_NEAR(test::random_walk_acceptance(1, 2.38), 0.444906100895, 1e-10);
  EXPECT_NEAR(test::random_walk_acceptance(32, 2.38 / std::sqrt(32.0)), 0.242800513142, 1e-10);
}

/// Layer D. 40,000 first steps from exact draws: a relative error of 1 % of the acceptance shows at z > 5.
void check_acceptance(const std::string& sampler, double oracle) {
  test::Sampling s(test::white_deck(sampler));
  constexpr int starts = 40000;
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < starts; ++i) {
    auto chain = s.chain(i);
    s.sampler->step(*chain);
    sum += chain->acceptance;
    squares += chain->acceptance * chain->acceptance;
  }
  const double mean = sum / starts;
  const double z = (mean - oracle) / std::sqrt((squares / starts - mean * mean) / starts);
  std::printf("%s: acceptance %.5f, exact %.5f, z = %.2f\n", sampler.c_str(), mean, oracle, z);
  EXPECT_LT(std::abs(z), 5.0);
}

TEST(Mala, AcceptanceFromExactStarts) {
  check_acceptance("{type: mala, step_size: 0.5, preconditioner: none}", test::mala_acceptance(15, 0.5));
}

TEST(Hmc, AcceptanceFromExactStarts) {
  check_acceptance("{type: hmc, step_size: 0.9, leapfrog_steps: 3, jitter: 0.0}", test::hmc_acceptance(15, 0.9, 3));
}

TEST(RandomWalk, AcceptanceFromExactStarts) {
  check_acceptance("{type: random_walk, step_size: 0.3}", test::random_walk_acceptance(15, 0.3));
}

/// The step size moves in warm-up and never after it.
class Adaptation : public ::testing::TestWithParam<const char*> {};

TEST_P(Adaptation, IsFrozenAfterWarmUp) {
  test::Sampling s(test::white_deck(GetParam(), "{warmup: 60}"));
  auto chain = s.chain(0);
  const std::string first = s.sampler->status(*chain);
  for (int step = 0; step < 60; ++step) s.sampler->step(*chain);
  const std::string frozen = s.sampler->status(*chain);
  EXPECT_NE(first, frozen);
  for (int step = 0; step < 60; ++step) {
    s.sampler->step(*chain);
    EXPECT_EQ(s.sampler->status(*chain), frozen);
  }
}

INSTANTIATE_TEST_SUITE_P(Samplers, Adaptation,
                         ::testing::Values("mala", "random_walk", "hmc", "nuts", "mclmc", "adjusted_mclmc"));

struct Law {
  const char* name;
  std::string deck;
  double least_acceptance, most_acceptance;
};

/// Layer B: exact starts stay exact. N = 20,000 replicates of 8 steps: a relative error of 10 % of a variance is found
/// with certainty (z about 10 per cell, and several cells are looked at).
class ExactStart : public ::testing::TestWithParam<Law> {};

TEST_P(ExactStart, StaysExact) {
  test::Sampling s(GetParam().deck);
  // The law: mean and covariance of the target, from 0 steps of an exact sampler's own solver and unit vectors.
  const auto sites = static_cast<int>(s.domain->lattice().sites());
  samplers::GaussianExact exact({}, model::SamplerContext{*s.domain, *s.target, 1, 0});
  grid::Field mean(*s.domain, "mean");
  grid::backward(*s.domain, exact.mean(), mean);
  model::DualField at_mean(*s.domain, "mean");
  at_mean.set_real().copy_from(mean);
  const double least_energy = s.target->evaluate(at_mean, nullptr).value();
  const double d = s.target->degrees_of_freedom();

  test::ZScore energy(d / 2.0, d / 2.0);
  // Variances of the cells are estimated from the starts themselves, which are exact draws, by a difference of squares.
  std::vector<double> change(static_cast<std::size_t>(sites), 0.0), change2(change.size(), 0.0),
      odd(change.size(), 0.0), odd2(change.size(), 0.0);
  double acceptance = 0.0;
  double moved = 0.0;
  constexpr int replicates = 20000;
  constexpr int steps = 8;
  for (int i = 0; i < replicates; ++i) {
    auto chain = s.chain(i);
    std::vector<double> before(static_cast<std::size_t>(sites));
    for (int x = 0; x < sites; ++x) before[x] = chain->x.real().data()[x] - mean.data()[x];
    for (int step = 0; step < steps; ++step) {
      s.sampler->step(*chain);
      acceptance += chain->acceptance / (replicates * steps);
    }
    energy.add(chain->energy.value() - least_energy);
    const double* after = chain->x.real().data();
    for (int x = 0; x < sites; ++x) {
      const double y = after[x] - mean.data()[x];
      const double difference = y * y - before[x] * before[x];
      change[x] += difference;
      change2[x] += difference * difference;
      const double cubes = y * y * y - before[x] * before[x] * before[x];
      odd[x] += cubes;
      odd2[x] += cubes * cubes;
      moved += (y - before[x]) * (y - before[x]) / replicates;
    }
  }
  double worst = 0.0;
  for (int x = 0; x < sites; ++x) {
    worst = std::max({worst, std::abs(change[x] / std::sqrt(change2[x])), std::abs(odd[x] / std::sqrt(odd2[x]))});
  }
  std::printf("%s: acceptance %.3f, z of energy %.2f, worst z of x^2 and x^3 over cells %.2f\n", GetParam().name,
              acceptance, energy.z(), worst);
  EXPECT_LT(std::abs(energy.z()), 5.0);
  EXPECT_LT(worst, 5.0);
  EXPECT_GT(moved, 0.1);
  EXPECT_GE(acceptance, GetParam().least_acceptance);
  EXPECT_LE(acceptance, GetParam().most_acceptance);
}

INSTANTIATE_TEST_SUITE_P(
    Mala, ExactStart,
    ::testing::Values(Law{"isotropic", test::white_deck("{type: mala, step_size: 0.5, preconditioner: none}"), 0.6,
                          0.85},
                      Law{"anisotropic", anisotropic("{type: mala, step_size: 0.03, preconditioner: none}"), 0.5, 0.9},
                      Law{"masked posterior", masked("{type: mala, step_size: 0.3, start: exact}"), 0.5, 0.9}));

INSTANTIATE_TEST_SUITE_P(
    Hmc, ExactStart,
    ::testing::Values(
        Law{"isotropic", test::white_deck("{type: hmc, step_size: 1.1, leapfrog_steps: 3}"), 0.6, 0.85},
        Law{"anisotropic", anisotropic("{type: hmc, step_size: 0.25, leapfrog_steps: 6, preconditioner: none}"), 0.5,
            0.9},
        Law{"masked posterior", masked("{type: hmc, step_size: 0.9, leapfrog_steps: 3, start: exact}"), 0.5, 0.9}));
INSTANTIATE_TEST_SUITE_P(
    Nuts, ExactStart,
    ::testing::Values(Law{"isotropic", test::white_deck("{type: nuts, step_size: 0.9}"), 0.5, 0.9},
                      Law{"anisotropic", anisotropic("{type: nuts, step_size: 0.25, preconditioner: none}"), 0.5, 0.9},
                      Law{"masked posterior", masked("{type: nuts, step_size: 0.9, start: exact}"), 0.5, 0.9}));
INSTANTIATE_TEST_SUITE_P(
    AdjustedMclmc, ExactStart,
    ::testing::Values(
        Law{"isotropic", test::white_deck("{type: adjusted_mclmc, step_size: 4.0, leapfrog_steps: 2}"), 0.5, 0.9},
        Law{"anisotropic",
            anisotropic("{type: adjusted_mclmc, step_size: 1.0, leapfrog_steps: 4, preconditioner: none}"), 0.5, 0.9},
        Law{"masked posterior", masked("{type: adjusted_mclmc, step_size: 4.0, leapfrog_steps: 2, start: exact}"), 0.5,
            0.9}));
INSTANTIATE_TEST_SUITE_P(
    RandomWalk, ExactStart,
    ::testing::Values(Law{"isotropic", test::white_deck("{type: random_walk, step_size: 0.2}"), 0.6, 0.85},
                      Law{"anisotropic", anisotropic("{type: random_walk, step_size: 0.05, preconditioner: none}"), 0.5,
                          0.9},
                      Law{"masked posterior", masked("{type: random_walk, step_size: 0.15, start: exact}"), 0.5, 0.9}));

/// ula on N(0, 1) samples exactly N(0, 1 / (1 - h/2)): started there it stays there, and the law of the target is 25 %
/// off.
TEST(Ula, BiasedLawIsExact) {
  constexpr double h = 0.5;
  test::Sampling s(test::white_deck("{type: ula, step_size: 0.5, preconditioner: none}"));
  const double variance = 1.0 / (1.0 - h / 2.0);
  constexpr double d = 15.0;
  test::ZScore energy(0.5 * d * variance, 0.5 * d * variance * variance);
  test::ZScore unbiased(0.5 * d, 0.5 * d);
  for (int i = 0; i < 20000; ++i) {
    auto chain = s.chain(i);
    const grid::SpectralField& x = chain->x.fourier();
    for (std::int64_t k = 0; k < x.size(); ++k) x.data()[k] *= std::sqrt(variance);
    chain->x.set_fourier();
    s.sampler->refresh(*chain);
    for (int step = 0; step < 8; ++step) s.sampler->step(*chain);
    energy.add(chain->energy.value());
    unbiased.add(chain->energy.value());
  }
  std::printf("ula: z of energy under its own law %.2f, under the target's %.1f\n", energy.z(), unbiased.z());
  EXPECT_LT(std::abs(energy.z()), 5.0);
  EXPECT_GT(unbiased.z(), 20.0);
}

}  // namespace
}  // namespace scorefield
