#include "reduce/exact_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace scorefield::reduce {
namespace {

double sum_of(const std::vector<double>& terms) {
  ExactSum sum;
  for (const double x : terms) sum.add(x);
  return sum.value();
}

std::vector<double> wild_terms(int count, int exponent_range) {
  std::mt19937_64 random(1);
  std::vector<double> terms;
  for (int i = 0; i < count; ++i) {
    const double mantissa = std::ldexp(static_cast<double>(random() >> 11), -53) - 0.5;
    terms.push_back(std::ldexp(mantissa, static_cast<int>(random() % (2 * exponent_range)) - exponent_range));
  }
  return terms;
}

TEST(ExactSum, DoesNotDependOnOrderOrGrouping) {
  std::vector<double> terms = wild_terms(10000, 900);
  const double first = sum_of(terms);
  std::mt19937_64 random(2);
  for (int trial = 0; trial < 5; ++trial) {
    std::shuffle(terms.begin(), terms.end(), random);
    ExactSum parts[3];
    for (std::size_t i = 0; i < terms.size(); ++i) parts[random() % 3].add(terms[i]);
    EXPECT_EQ(sum_of(terms), first);
    EXPECT_EQ((parts[0] + parts[1] + parts[2]).value(), first);
  }
}

TEST(ExactSum, AgreesWithQuadPrecision) {
  __extension__ using Quad = __float128;
  const std::vector<double> terms = wild_terms(10000, 20);  // 113 bits hold these sums exactly
  Quad sum = 0;
  for (const double x : terms) sum += x;
  const double wanted = static_cast<double>(sum);
  EXPECT_LE(std::abs(sum_of(terms) - wanted), std::abs(wanted) * std::numeric_limits<double>::epsilon());
}

TEST(ExactSum, HasOneFormForEachSum) {
  // A borrow across 2^94 and 2^78 (where 32-bit limbs meet) makes the leading limb vanish; were it kept as 1, -1, the
  // last term would fall off, and with it the reason to round up.
  const std::vector<double> terms{0x1p110, -0x1p78, 0x1p56, 0x1p14};
  EXPECT_EQ(sum_of(terms), 0x1p110 - 0x1p78 + 0x1p57);
  const ExactSum merged = ExactSum(terms[0]) + ExactSum(terms[2]);
  EXPECT_EQ((merged + ExactSum(terms[3]) - ExactSum(-terms[1])).value(), sum_of(terms));
}

TEST(ExactSum, SurvivesCancellation) {
  EXPECT_EQ(sum_of({1e300, 1.0, -1e300}), 1.0);
  EXPECT_EQ(sum_of({1e300, 5e-324, -1e300}), 5e-324);
  EXPECT_EQ((ExactSum(1e16) + ExactSum(1.0) - ExactSum(1e16)).value(), 1.0);
  EXPECT_EQ((ExactSum(1.0) - ExactSum(1.0)).value(), 0.0);
  EXPECT_EQ((ExactSum(1.0) - ExactSum(3.0)).value(), -2.0);
}

TEST(ExactSum, HoldsAllDoubles) {
  using Limits = std::numeric_limits<double>;
  for (const double x : {Limits::max(), Limits::min(), Limits::denorm_min(), 3 * Limits::denorm_min(), 0.1, -0.1,
                         -Limits::max(), -Limits::denorm_min(), 0.0, std::nextafter(1.0, 2.0)}) {
    EXPECT_EQ(ExactSum(x).value(), x);
  }
  // Half of the largest denormal and a normal number meet in the same limb.
  EXPECT_EQ(sum_of({Limits::min(), -Limits::denorm_min()}), Limits::min() - Limits::denorm_min());
  // An overflow on the way is none in the end.
  EXPECT_EQ(sum_of({Limits::max(), Limits::max(), -Limits::max()}), Limits::max());
}

TEST(ExactSum, PassesOnWhatIsNotFinite) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(sum_of({1.0, inf}), inf);
  EXPECT_EQ(sum_of({1.0, -inf}), -inf);
  EXPECT_TRUE(std::isnan(sum_of({inf, -inf})));
  EXPECT_TRUE(std::isnan(sum_of({std::nan(""), 1.0})));
  EXPECT_TRUE(std::isnan((ExactSum(inf) - ExactSum(inf)).value()));
  EXPECT_EQ((ExactSum(1.0) - ExactSum(inf)).value(), -inf);
}

}  // namespace
}  // namespace scorefield::reduce
