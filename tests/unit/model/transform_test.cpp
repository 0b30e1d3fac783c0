#include "model/transform.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace scorefield::model {
namespace {

constexpr double pi = 3.141592653589793;
constexpr double infinity = std::numeric_limits<double>::infinity();

struct Case {
  std::string name;
  Transform transform;
  double lower, upper;
};

std::vector<Case> cases() {
  return {{"line", Transform(), -infinity, infinity},
          {"positive", Transform::above(0.0), 0.0, infinity},
          {"above", Transform::above(-1.5), -1.5, infinity},
          {"below", Transform::below(0.75), -infinity, 0.75},
          {"interval", Transform::interval(-1.0, 2.5), -1.0, 2.5}};
}

// Central differences with a step of 1e-5 of maps whose derivatives are of order one and, for |u| <= 3, below 25:
// truncation 1e-10 times that, rounding 1e-11.
TEST(Transform, DerivativesAreThoseOfItsValues) {
  constexpr double step = 1e-5, tolerance = 2e-8;
  for (const auto& [name, transform, lower, upper] : cases()) {
    for (const double u : {-3.0, -0.7, -0.01, 0.0, 0.4, 1.3, 3.0}) {
      const auto at = transform.at(u), after = transform.at(u + step), before = transform.at(u - step);
      EXPECT_NEAR(at.slope, (after.value - before.value) / (2.0 * step), tolerance) << name << ' ' << u;
      EXPECT_NEAR(at.log_slope, std::log(std::abs(at.slope)), 1e-14) << name << ' ' << u;
      EXPECT_NEAR(at.curvature, (after.log_slope - before.log_slope) / (2.0 * step), tolerance) << name << ' ' << u;
    }
  }
}

TEST(Transform, StaysWithinItsBoundsAndComesBack) {
  for (const auto& [name, transform, lower, upper] : cases()) {
    for (const double u : {-12.0, -3.0, 0.0, 0.3, 3.0, 12.0}) {
      const double value = transform.at(u).value;
      EXPECT_GT(value, lower) << name;
      EXPECT_LT(value, upper) << name;
      // e^-12 = 6e-6 of the width from an end of order one: the way back has 1e-16 / 6e-6 = 2e-11 relative to that.
      EXPECT_NEAR(transform.coordinate(value), u, 1e-9) << name;
    }
  }
}

// A density of theta has all its mass also as a density of u. The trapezoidal rule of a smooth integrand that decays at
// both ends is exact but for terms far below 1e-10.
TEST(Transform, KeepsTheMassOfADensity) {
  const auto normal = [](double theta) { return std::exp(-0.5 * theta * theta) / std::sqrt(2.0 * pi); };
  const auto below = [](double theta) { return 0.5 * std::erfc(-theta / std::sqrt(2.0)); };
  for (const auto& [name, transform, lower, upper] : cases()) {
    constexpr double step = 0.01;
    double mass = 0.0;
    for (int i = -5000; i <= 5000; ++i) {
      const auto at = transform.at(i * step);
      if (std::isfinite(at.value)) mass += step * normal(at.value) * std::exp(at.log_slope);
    }
    EXPECT_NEAR(mass, below(upper) - below(lower), 1e-10) << name;
  }
}

TEST(Transform, HasNoOverflowFarOut) {
  const Transform interval = Transform::interval(0.0, 1.0);
  for (const double u : {-800.0, 800.0}) {
    const auto at = interval.at(u);
    EXPECT_EQ(at.value, u < 0.0 ? 0.0 : 1.0);
    EXPECT_DOUBLE_EQ(at.log_slope, -800.0);
    EXPECT_EQ(at.curvature, u < 0.0 ? 1.0 : -1.0);
  }
}

TEST(Transform, IsChosenByTheBounds) {
  EXPECT_EQ(Transform::between(-infinity, infinity).at(2.0).value, 2.0);
  EXPECT_EQ(Transform::between(3.0, infinity).at(0.0).value, 4.0);
  EXPECT_EQ(Transform::between(-infinity, 3.0).at(0.0).value, 2.0);
  EXPECT_EQ(Transform::between(1.0, 3.0).at(0.0).value, 2.0);
  EXPECT_THROW(Transform::between(1.0, 1.0), std::logic_error);
  EXPECT_THROW(Transform::interval(1.0, std::nan("")), std::logic_error);
}

}  // namespace
}  // namespace scorefield::model
