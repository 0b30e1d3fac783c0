// The running E-BFMI against the one of the whole series.

#include "model/running_bfmi.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "reduce/diagnostics.hpp"

namespace scorefield::model {
namespace {

double running(const std::vector<double>& energies) {
  RunningBfmi bfmi;
  for (const double energy : energies) bfmi.add(energy);
  return bfmi.value();
}

TEST(RunningBfmi, EqualsThatOfTheSeries) {
  std::mt19937_64 generator(5);
  std::normal_distribution<double> normal;
  for (const double offset : {0.0, 1e6, -1e6}) {
    std::vector<double> energies(1000);
    double walk = 0.0;
    for (double& energy : energies) energy = offset + (walk = 0.8 * walk + normal(generator));
    const double expected = reduce::bfmi(energies);
    // Values near the offset are known to 1e6 * 2^-53 = 1e-10 of their spread.
    EXPECT_NEAR(running(energies), expected, 1e-8 * expected) << offset;
  }
}

TEST(RunningBfmi, TellsFastFromSlow) {
  // AR(1) of coefficient a: mean square jump / variance = 2 (1 - a). 10,000 values: 3 % at a = 0.9.
  std::mt19937_64 generator(6);
  std::normal_distribution<double> normal;
  for (const double a : {0.0, 0.9}) {
    std::vector<double> energies(10000);
    double walk = normal(generator);
    for (double& energy : energies) {
      energy = walk;
      walk = a * walk + std::sqrt(1.0 - a * a) * normal(generator);
    }
    EXPECT_NEAR(running(energies), 2.0 * (1.0 - a), 0.2 * 2.0 * (1.0 - a));
    EXPECT_EQ(running(energies) < RunningBfmi::low, a == 0.9);
  }
}

TEST(RunningBfmi, NothingIsSaidOfConstantOrBrokenOrShortSeries) {
  EXPECT_TRUE(std::isnan(running({})));
  EXPECT_TRUE(std::isnan(running({1.0, 2.0, 3.0})));
  EXPECT_FALSE(std::isnan(running({1.0, 2.0, 3.0, 1.0})));
  EXPECT_TRUE(std::isnan(running(std::vector<double>(100, 0.1))));
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity()}) {
    EXPECT_TRUE(std::isnan(running({1.0, 2.0, bad, 3.0, 1.0, 5.0})));
  }
}

}  // namespace
}  // namespace scorefield::model
