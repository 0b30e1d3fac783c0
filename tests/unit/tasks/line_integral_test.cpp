/// Line integrals of scores: exact on every path where the score is a gradient and the rule exact, off by a known
/// amount where it is not.

#include "tasks/line_integral.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/errors.hpp"
#include "task_fixture.hpp"

namespace scorefield::tasks {
namespace {

constexpr std::uint64_t seed = 7;
constexpr const char* phi4 = "{type: phi4, mass_squared: -1.0, coupling: 0.25}";
constexpr const char* gaussian = "{type: gaussian_field, spectrum: {type: matern, correlation_length: 3.0}}";

LineIntegralOptions options(const char* rule, std::int64_t nodes) {
  LineIntegralOptions o;
  o.pairs = 3;
  o.paths = 3;
  o.bends = 2;
  o.rule = rule;
  o.nodes = nodes;
  o.panels = 1;
  return o;
}

/// Relative to the work done on a leg, not to a difference of log-density that may happen to be small.
double largest_error(const model::Findings& found) {
  const auto integrals = test::numbers(found, "/line_integral/integral");
  const auto differences = test::numbers(found, "/line_integral/log_density_difference");
  double largest = 0.0;
  for (std::size_t i = 0; i < integrals.size(); ++i) {
    largest = std::max(largest, std::abs(integrals[i] - differences[i * differences.size() / integrals.size()]));
  }
  return largest;
}

class OnPaths : public testing::Test {
 protected:
  model::Findings find(const std::string& target, const LineIntegralOptions& o,
                       const base::Comm& comm = base::Comm::world(),
                       const std::vector<std::int64_t>& shape = {16, 12}) {
    const grid::Domain domain = test::make_domain(shape, comm);
    const auto built = builder_.target(target, domain);
    LineIntegral task(o, {domain, *built, seed});
    return test::carry_out(task);
  }
  test::Builder builder_;
};

// Energies of 192 cells are of order 100 and sums of as many terms with 53 bits: rounding stays far below 1e-11.
constexpr double rounding = 1e-11;

TEST_F(OnPaths, TwoGaussNodesAreExactForACubicScore) {
  EXPECT_LT(largest_error(find(phi4, options("gauss_legendre", 2))), rounding);
  // And no fewer: the quartic term alone gives a large error then.
  EXPECT_GT(largest_error(find(phi4, options("gauss_legendre", 1))), 1.0);
}

TEST_F(OnPaths, OneGaussNodeIsExactForALinearScore) {
  EXPECT_LT(largest_error(find(gaussian, options("gauss_legendre", 1))), rounding);
}

TEST_F(OnPaths, SimpsonIsExactForACubicScore) {
  EXPECT_LT(largest_error(find(phi4, options("simpson", 3))), rounding);
  EXPECT_LT(largest_error(find(phi4, options("simpson", 7))), rounding);
}

TEST_F(OnPaths, NothingIsWarnedOfThatIsWithinTolerance) {
  EXPECT_TRUE(find(phi4, options("gauss_legendre", 2)).warnings.empty());
  EXPECT_EQ(find(phi4, options("gauss_legendre", 1)).warnings.size(), 1U);
}

/// The curl c K adds -c (K a) . b to the straight path from a to b.
TEST_F(OnPaths, ACurlIsFoundToTheLastDigit) {
  const grid::Domain domain = test::make_domain({16, 12}, base::Comm::world());
  constexpr double c = 0.125;
  test::SkewTarget target(domain, c);
  const LineIntegralOptions o = options("gauss_legendre", 1);
  LineIntegral task(o, {domain, target, seed});
  const model::Findings found = test::carry_out(task);
  const auto integrals = test::numbers(found, "/line_integral/integral");
  const auto differences = test::numbers(found, "/line_integral/log_density_difference");
  const Landscape states({domain, target, seed}, o);
  for (std::int64_t pair = 0; pair < o.pairs; ++pair) {
    model::DualField a(domain, "a");
    model::DualField b(domain, "b");
    states.draw(pair, 0, a);
    states.draw(pair, 1, b);
    const grid::Field skew(domain, "K a");
    test::add_skew(-c, a.real(), skew);
    const double expected = reduce::dot(domain, skew, b.real()).value();
    const auto i = static_cast<std::size_t>(pair);
    EXPECT_GT(std::abs(expected), 0.1);
    EXPECT_NEAR(integrals[3 * i] - differences[i], expected, rounding);
    // Other paths enclose other areas.
    EXPECT_GT(std::abs(integrals[3 * i + 1] - integrals[3 * i]), 0.1);
  }
  EXPECT_EQ(found.warnings.size(), 1U);
}

/// Between the two fields of a mixture the score turns within a fraction of a leg: eight nodes miss it, panels find it.
TEST_F(OnPaths, PanelsAreDoubledUntilAWallIsResolved) {
  const char* mixture =
      "{type: gaussian_mixture, weights: [0.3, 0.7], means: [-3.0, 3.0], spectrum: {type: matern, variance: 1.6, "
      "correlation_length: 2.4}}";
  LineIntegralOptions o = options("gauss_legendre", 8);
  const model::Findings coarse = find(mixture, o, base::Comm::world(), {8, 8});
  EXPECT_GT(test::numbers(coarse, "/line_integral/largest_error").front(), 1e-4);
  EXPECT_TRUE(std::isnan(test::numbers(coarse, "/line_integral/quadrature_error").front()));
  o.panels.reset();
  const model::Findings fine = find(mixture, o, base::Comm::world(), {8, 8});
  EXPECT_LT(test::numbers(fine, "/line_integral/largest_error").front(), o.tolerance);
  for (const double change : test::numbers(fine, "/line_integral/quadrature_error")) EXPECT_LT(change, o.tolerance);
  EXPECT_TRUE(fine.warnings.empty());
}

/// A curl is not taken for a lack of panels.
TEST_F(OnPaths, TheWarningTellsACurlFromAnUnresolvedPath) {
  const grid::Domain domain = test::make_domain({16, 12}, base::Comm::world());
  test::SkewTarget target(domain, 0.125);
  LineIntegralOptions o = options("gauss_legendre", 2);
  const auto warning = [&] {
    LineIntegral task(o, {domain, target, seed});
    return test::carry_out(task).warnings.at(0);
  };
  EXPECT_NE(warning().find("not resolved"), std::string::npos);
  o.panels.reset();
  EXPECT_EQ(warning().find("not resolved"), std::string::npos);
}

TEST_F(OnPaths, SameBitsAsOnOneRank) {
  for (const char* target : {phi4, gaussian}) {
    for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{15, 7}, {4, 5, 6}, {2, 9}}) {
      const auto together = find(target, options("gauss_legendre", 3), base::Comm::world(), shape);
      const auto alone = find(target, options("gauss_legendre", 3), base::Comm::self(), shape);
      for (const auto& finding : together.numbers) {
        const auto a = test::numbers(together, finding.path);
        const auto b = test::numbers(alone, finding.path);
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(test::same_bits(a[i], b[i])) << finding.path << ' ' << i;
      }
    }
  }
}

TEST_F(OnPaths, ATargetWithoutPriorIsRefused) {
  struct Flat final : model::Target {
    reduce::ExactSum evaluate(model::DualField& /*x*/, model::DualSum* /*gradient*/) override { return {}; }
    [[nodiscard]] double degrees_of_freedom() const override { return 1.0; }
  } flat;
  const grid::Domain domain = test::make_domain({4, 4}, base::Comm::world());
  LineIntegral task(options("gauss_legendre", 2), {domain, flat, seed});
  EXPECT_THROW(task.step(0), base::DeckError);
}

TEST(Quadratures, AreExactUpToTheirDegree) {
  const auto moment = [](const Quadrature& rule, int power) {
    double sum = 0.0;
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) sum += rule.weights[i] * std::pow(rule.nodes[i], power);
    return sum;
  };
  for (const std::int64_t n : {1, 2, 3, 8, 64}) {
    const Quadrature rule = Quadrature::gauss_legendre(n);
    for (int power = 0; power < 2 * n; ++power) EXPECT_NEAR(moment(rule, power), 1.0 / (power + 1.0), 1e-14) << n;
    EXPECT_GT(std::abs(moment(rule, static_cast<int>(2 * n)) - 1.0 / (2.0 * static_cast<double>(n) + 1.0)),
              n < 9 ? 1e-12 : -1.0);
  }
  for (const std::int64_t n : {3, 5, 21}) {
    for (int power = 0; power <= 3; ++power)
      EXPECT_NEAR(moment(Quadrature::simpson(n), power), 1.0 / (power + 1.0), 1e-14);
  }
}

}  // namespace
}  // namespace scorefield::tasks
