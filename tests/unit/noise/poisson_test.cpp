#include "noise/poisson.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace scorefield::noise {
namespace {

class Poisson : public ::testing::TestWithParam<double> {};

/// 200,000 numbers: mean, variance and third moment, and each value that is expected at least 50 times, all by their
/// known standard errors. Power: a shift of the mean by 1.2 % of a standard deviation shows.
TEST_P(Poisson, HasTheLawOfPoisson) {
  const double mean = GetParam();
  constexpr int draws = 200000;
  std::map<double, int> seen;
  double sum = 0.0;
  double squares = 0.0;
  double cubes = 0.0;
  for (std::uint64_t site = 0; site < draws; ++site) {
    const double k = poisson({.seed = 9, .step = 3}, site, mean);
    ASSERT_EQ(k, std::floor(k));
    ASSERT_GE(k, 0.0);
    ++seen[k];
    const double d = k - mean;
    sum += d;
    squares += d * d;
    cubes += d * d * d;
  }
  const double root = std::sqrt(double{draws});
  EXPECT_LT(std::abs(sum) / std::sqrt(mean) / root, 5.0);
  EXPECT_LT(std::abs(squares - draws * mean) / std::sqrt(mean + 2.0 * mean * mean) / root, 5.0);
  // Central moments of Poisson: mu3 = m, mu6 = m + 25 m^2 + 15 m^3.
  const double variance_of_cubes = mean + 24.0 * mean * mean + 15.0 * mean * mean * mean;
  EXPECT_LT(std::abs(cubes - draws * mean) / std::sqrt(variance_of_cubes) / root, 5.0);
  double worst = 0.0;
  for (double k = 0.0; k < mean + 50.0 + 10.0 * std::sqrt(mean); k += 1.0) {
    const double p = std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
    if (p * draws < 50.0) continue;
    const auto found = seen.find(k);
    const int count = found == seen.end() ? 0 : found->second;
    worst = std::max(worst, std::abs(count - p * draws) / std::sqrt(p * (1.0 - p) * draws));
  }
  EXPECT_LT(worst, 5.0);
}

INSTANTIATE_TEST_SUITE_P(Means, Poisson, ::testing::Values(0.02, 1.0, 9.9, 10.1, 42.0, 1000.0, 123456.0));

TEST(PoissonNumbers, AreKeyedByStreamAndSite) {
  const Stream stream{.seed = 4, .step = 7};
  EXPECT_EQ(poisson(stream, 11, 5.0), poisson(stream, 11, 5.0));
  int same_step = 0;
  int same_site = 0;
  for (std::uint64_t site = 0; site < 1000; ++site) {
    const double k = poisson(stream, site, 1e6);
    same_site += k == poisson(stream, site + 1, 1e6) ? 1 : 0;
    same_step += k == poisson({.seed = 4, .step = 8}, site, 1e6) ? 1 : 0;
  }
  EXPECT_LT(same_site, 10);  // one in 3500 by chance
  EXPECT_LT(same_step, 10);
  EXPECT_EQ(poisson(stream, 0, 0.0), 0.0);
}

}  // namespace
}  // namespace scorefield::noise
