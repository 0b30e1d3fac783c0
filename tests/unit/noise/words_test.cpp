/// Accepting by a limit in single precision first: the decisions of exponential variates in double.

#include "noise/words.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/vector_math.hpp"

namespace scorefield::noise {
namespace {

TEST(Accepts, AreThoseOfExponentials) {
  constexpr std::int64_t count = 1000;
  std::vector<double> exponential(count);
  std::vector<double> limit(count);
  std::vector<std::uint8_t> is_taken(count);
  // Limits as near to the variates as doubles are, within and beyond single precision, and far away.
  for (const double off : {0.0, 1e-15, -1e-15, 1e-9, -1e-9, 1e-6, -1e-6, 4e-5, -4e-5, 1e-3, -1e-3, 5.0, -5.0, 1e6}) {
    for (std::int64_t row = 0; row < 50; ++row) {
      const Stream stream{.seed = 5, .step = 7};
      exponentials_of_row(stream, row, count, exponential.data());
      for (std::size_t i = 0; i < count; ++i) limit[i] = exponential[i] + off * std::max(1.0, exponential[i]);
      accepts_of_row(stream, row, count, count, limit.data(), is_taken.data());
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_EQ(is_taken[i], limit[i] < exponential[i] ? 1 : 0) << off << ' ' << i << ' ' << exponential[i];
      }
    }
  }
}

/// A limit for some of a row's words alone; those behind stay as they are.
TEST(Accepts, StopAtTheLastLimit) {
  std::vector<double> limit(300, -1.0);
  std::vector<std::uint8_t> is_taken(300, 7);
  accepts_of_row({.seed = 1}, 0, 300, 77, limit.data(), is_taken.data());
  for (std::size_t i = 0; i < 300; ++i) EXPECT_EQ(is_taken[i], i < 77 ? 1 : 7);
}

TEST(ExpMinus, IsTheExponentialFunction) {
  for (int i = -70000; i <= 70000; ++i) {
    const double x = i * 0.01 + 1e-3 * std::sin(i);
    if (std::abs(x) > 700.0) continue;
    const double exact = std::exp(-x);
    ASSERT_LE(std::abs(base::exp_minus(x) - exact), 4.0 * 0x1p-52 * exact) << x;
  }
}

}  // namespace
}  // namespace scorefield::noise
