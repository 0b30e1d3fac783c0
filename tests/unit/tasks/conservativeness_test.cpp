/// The curl of scores: none for gradients, and what it is by construction for others.

#include "tasks/conservativeness.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "task_fixture.hpp"

namespace scorefield::tasks {
namespace {

constexpr std::uint64_t seed = 5;
constexpr const char* curl = "/conservativeness/curl";

model::Findings find(model::Target& target, const grid::Domain& domain, std::int64_t samples, std::int64_t probes) {
  ConservativenessOptions o;
  o.samples = samples;
  o.probes = probes;
  Conservativeness task(o, {domain, target, seed});
  return test::carry_out(task);
}

/// Differences of relative width 1e-5 leave 1e-10 of a cubic score, and rounding 1e-11.
TEST(Conservativeness, GradientsHaveNoCurl) {
  const grid::Domain domain = test::make_domain({16, 12}, base::Comm::world());
  test::Builder builder;
  for (const char* text : {"{type: phi4, mass_squared: -1.0, coupling: 0.25}",
                           "{type: gaussian_field, spectrum: {type: matern, correlation_length: 3.0}}"}) {
    const auto target = builder.target(text, domain);
    const model::Findings found = find(*target, domain, 2, 4);
    EXPECT_LT(test::numbers(found, curl).front(), 1e-8) << text;
    EXPECT_GT(test::numbers(found, curl).front(), 0.0) << text;
    EXPECT_TRUE(found.warnings.empty()) << text;
  }
}

/// J = -(1 + c K): each probe is known, u^T J v - v^T J u = -2 c u . (K v), since the score is linear.
TEST(Conservativeness, EachProbeOfAKnownCurlIsRight) {
  const grid::Domain domain = test::make_domain({16, 12}, base::Comm::world());
  constexpr double c = 0.25;
  test::SkewTarget target(domain, c);
  const model::Findings found = find(target, domain, 2, 3);
  const auto forward = test::numbers(found, "/conservativeness/forward");
  const auto backward = test::numbers(found, "/conservativeness/backward");
  const auto relative = test::numbers(found, "/conservativeness/relative");
  const Landscape landscape({domain, target, seed}, {});
  const grid::Field u(domain, "u");
  const grid::Field v(domain, "v");
  double largest = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < forward.size(); ++i) {
    const auto sample = static_cast<std::int64_t>(i / 3);
    const auto probe = static_cast<std::int64_t>(i % 3);
    landscape.draw_direction(sample, 2 * probe, u);
    landscape.draw_direction(sample, 2 * probe + 1, v);
    const grid::Field jv(domain, "J v");
    for (std::int64_t k = 0; k < v.size(); ++k) jv.data()[k] = -v.data()[k];
    test::add_skew(-c, v, jv);
    const grid::Field skew(domain, "K v");
    test::add_skew(-2.0 * c, v, skew);
    const double expected = reduce::dot(domain, u, skew).value();
    // u and v have 192 cells of variance 1: forms are of order 14, and differences of width 1e-5 keep ten digits.
    EXPECT_NEAR(forward[i], reduce::dot(domain, u, jv).value(), 1e-8);
    EXPECT_NEAR(forward[i] - backward[i], expected, 1e-8);
    EXPECT_NEAR(relative[i], std::abs(expected / forward[i]), 1e-8 * (1.0 + relative[i]) / std::abs(forward[i]));
    largest = std::max(largest, relative[i]);
    sum += relative[i];
  }
  EXPECT_DOUBLE_EQ(test::numbers(found, "/conservativeness/max").front(), largest);
  EXPECT_NEAR(test::numbers(found, "/conservativeness/mean").front(), sum / 6.0, 1e-12 * sum);
  EXPECT_EQ(found.warnings.size(), 1U);
}

/// E (u^T M v)^2 = tr(M^T M), E (u^T M v)^4 = 3 (tr(M^T M)^2 + 2 tr((M^T M)^2)). With M = J - J^T = -2 c K on N sites:
/// tr(M^T M) = 8 c^2 N and tr((M^T M)^2) = 96 c^4 N. Power: 400 probes find an error of 37 % in the curl's square.
TEST(Conservativeness, ProbesHaveTheLawOfTheFrobeniusNorm) {
  const grid::Domain domain = test::make_domain({16, 12}, base::Comm::world());
  constexpr double c = 0.25;
  constexpr double sites = 16 * 12;
  test::SkewTarget target(domain, c);
  const model::Findings found = find(target, domain, 4, 100);
  const auto forward = test::numbers(found, "/conservativeness/forward");
  const auto backward = test::numbers(found, "/conservativeness/backward");
  double squares = 0.0;
  for (std::size_t i = 0; i < forward.size(); ++i) squares += std::pow(forward[i] - backward[i], 2);
  const double mean = 8.0 * c * c * sites;
  const double variance = 3.0 * (mean * mean + 2.0 * 96.0 * std::pow(c, 4) * sites) - mean * mean;
  EXPECT_LT(std::abs(squares / 400.0 - mean) / std::sqrt(variance / 400.0), 5.0);
  // ||J - J^T||^2 / ||J||^2 = 8 c^2 / (1 + 2 c^2) = 4 / 9: the root of a ratio of two means known to 7 % each; 5 sigma.
  EXPECT_NEAR(test::numbers(found, curl).front(), 2.0 / 3.0, 0.17);
}

TEST(Conservativeness, SameBitsAsOnOneRank) {
  test::Builder builder;
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{15, 7}, {4, 5, 6}, {2, 9}}) {
    const auto on = [&](const base::Comm& comm) {
      const grid::Domain domain = test::make_domain(shape, comm);
      const auto target = builder.target("{type: phi4, mass_squared: -1.0, coupling: 0.25}", domain);
      return find(*target, domain, 2, 2);
    };
    const model::Findings together = on(base::Comm::world());
    const model::Findings alone = on(base::Comm::self());
    for (const auto& finding : together.numbers) {
      const auto a = test::numbers(together, finding.path);
      const auto b = test::numbers(alone, finding.path);
      for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(test::same_bits(a[i], b[i])) << finding.path << ' ' << i;
    }
  }
}

}  // namespace
}  // namespace scorefield::tasks
