/// Preconditioners that are learned in the warm-up: when, what, that the chains stay exact, and that it pays.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "base/errors.hpp"
#include "samplers/common/gradient_sampler.hpp"
#include "support/dense_gaussian.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield {
namespace {

using samplers::AdaptationWindows;
using samplers::GradientChain;

std::vector<std::int64_t> ends(std::int64_t warmup) {
  const AdaptationWindows windows(warmup);
  std::vector<std::int64_t> found;
  for (std::int64_t step = 0; step < warmup; ++step) {
    if (windows.closes(step)) found.push_back(step + 1);
  }
  return found;
}

/// Stan's table: 75, then 25, 50, 100, ..., the last as long as it takes, then 50.
TEST(Windows, AreThoseOfStan) {
  EXPECT_EQ(ends(1000), (std::vector<std::int64_t>{100, 150, 250, 450, 950}));
  EXPECT_EQ(ends(150), (std::vector<std::int64_t>{100}));
  // Stan would close a window of 30 after one of 25 here, and of 1 after a warm-up of 151.
  EXPECT_EQ(ends(180), (std::vector<std::int64_t>{130}));
  EXPECT_EQ(ends(151), (std::vector<std::int64_t>{101}));
  EXPECT_EQ(ends(200), (std::vector<std::int64_t>{100, 150}));
  EXPECT_EQ(ends(300), (std::vector<std::int64_t>{100, 150, 250}));
  EXPECT_EQ(ends(299), (std::vector<std::int64_t>{100, 249}));
  EXPECT_EQ(ends(100), (std::vector<std::int64_t>{90}));
  EXPECT_EQ(ends(20), (std::vector<std::int64_t>{18}));
}

TEST(Windows, BeginAndEndWhereTheyShould) {
  const AdaptationWindows windows(1000);
  for (const std::int64_t step : {0, 74, 950, 999, 2000}) EXPECT_FALSE(windows.gathers(step)) << step;
  for (const std::int64_t step : {75, 100, 949}) EXPECT_TRUE(windows.gathers(step)) << step;
  EXPECT_EQ(windows.stretch_of(0), 0);
  EXPECT_EQ(windows.stretch_of(99), 0);
  EXPECT_EQ(windows.stretch_of(100), 100);
  EXPECT_EQ(windows.stretch_of(449), 250);
  EXPECT_EQ(windows.stretch_of(999), 950);
}

std::vector<double> root_of(const model::Chain& chain) {
  const base::LineView& root = static_cast<const GradientChain&>(chain).metric->root();
  return {root.data(), root.data() + root.span()};
}

/// A steep spectrum: variances of modes from 1 to 600. Its own M is that of `prior`.
std::string steep(const std::string& sampler, int warmup = 600) {
  return "run: {seed: 3, warmup: " + std::to_string(warmup) +
         "}\ndomain: {shape: [16, 12]}\ntarget: {type: gaussian_field, spectrum: {type: matern, variance: 20.0, "
         "correlation_length: 3.0}}\nsampler: " +
         sampler + "\n";
}

/// After 600 steps, the last window of 300, M of every shell is the variance of its modes: from 300 states of m modes,
/// each worth half an independent one or more, log M is uncertain by sqrt(2 / (150 m)) or less; and within a shell the
/// power varies.
TEST(Learned, ShellsHaveTheirVariance) {
  test::Sampling s(steep("{type: hmc, preconditioner: fourier_adapted}"));
  auto chain = s.chain(1);
  for (int step = 0; step < 600; ++step) s.sampler->step(*chain);
  const std::vector<double> root = root_of(*chain);
  const auto power = s.target->prior_power();
  const std::vector<double> k = reduce::wavenumbers(*s.domain);
  const reduce::Shells shells(*s.domain, s.domain->lattice().fundamental(), 20);
  const auto modes = shells.sums([](std::size_t) { return 1.0; });
  const auto wanted = shells.sums([&](std::size_t i) { return power(k[i]); });
  double range = 0.0;
  for (std::size_t i = 0; i < root.size(); ++i) {
    const auto b = static_cast<std::size_t>(shells.of_mode(i));
    const double error = std::log(root[i] * root[i] / (wanted[b] / modes[b]));
    EXPECT_LT(std::abs(error), 5.0 * std::sqrt(2.0 / (150.0 * modes[b]))) << "k " << k[i];
    range = std::max(range, root[i] / root.back());
  }
  EXPECT_GT(range, 5.0);
  for (int step = 0; step < 200; ++step) s.sampler->step(*chain);
  EXPECT_EQ(root_of(*chain), root) << "not frozen";
}

/// Boxes whose longest wavenumber rounds to either side of a shell's border, and one that is a million times as long as
/// wide: every mode is in a shell, and there are no more shells than cells along the longest axis.
TEST(Learned, EveryModeIsInAShell) {
  for (const char* domain :
       {"{shape: [4, 2], length: [121.5, 81.0]}", "{shape: [16, 16], length: [1.0e6, 1.0]}", "{shape: [5, 7, 3]}"}) {
    test::Sampling s(
        std::string("run: {warmup: 40}\ndomain: ") + domain +
        "\ntarget: {type: phi4, mass_squared: 1.0}\nsampler: {type: hmc, preconditioner: fourier_adapted}\n");
    const reduce::Shells shells = reduce::Shells::of_all(*s.domain);
    EXPECT_LE(shells.count(), 17);
    const std::size_t modes = reduce::wavenumbers(*s.domain).size();
    for (std::size_t i = 0; i < modes; ++i) {
      EXPECT_GE(shells.of_mode(i), 0) << domain;
      EXPECT_LT(shells.of_mode(i), shells.count());
    }
    auto chain = s.chain(0);
    for (int step = 0; step < 40; ++step) s.sampler->step(*chain);
    for (const double root : root_of(*chain)) EXPECT_TRUE(root > 0.0 && std::isfinite(root));
  }
}

constexpr const char* half_observed =
    "}\ndomain: {shape: [6, 4]}\ntarget: {type: posterior, prior: {type: gaussian_field, spectrum: {type: matern, "
    "correlation_length: 0.3, variance: 2.0}}, likelihoods: [{type: linear, data: {mock_seed: 5}, operators: [{type: "
    "mask, border: 0.6}], noise: {type: gaussian, std: 0.1}}]}\nsampler: ";

/// Cells with data vary by .01, those without by up to 2: M of each is its posterior variance. 64 chains that have each
/// learned their own M: the mean of log M, whose scatter among chains is the error.
TEST(Learned, CellsHaveTheirVariance) {
  test::Sampling s("run: {seed: 8, warmup: 600" + std::string(half_observed) +
                   "{type: hmc, preconditioner: diagonal}\n");
  const test::DenseGaussian law = test::dense_gaussian(*s.domain, *s.target->linear_gaussian());
  const test::Matrix covariance = test::inverse_of_factored(law.factor);
  std::vector<double> mean(24, 0.0);
  for (int id = 0; id < 64; ++id) {
    auto chain = s.chain(id);
    for (int step = 0; step < 600; ++step) s.sampler->step(*chain);
    const std::vector<double> root = root_of(*chain);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += 2.0 * std::log(root[i]) / 64.0;
  }
  double least = 0.0, most = -100.0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double exact = std::log(covariance(static_cast<int>(i), static_cast<int>(i)));
    // Of 300 states, half of them independent: log of a variance scatters by .115, its mean lies .007 too low.
    EXPECT_LT(std::abs(mean[i] - exact), 0.01 + 5.0 * 0.115 / 8.0) << "cell " << i;
    least = std::min(least, exact);
    most = std::max(most, exact);
  }
  EXPECT_GT(most - least, 4.0);
}

/// Softest over stiffest mode: 24 in standard deviations. What a leapfrog step moves the softest by is limited by the
/// stiffest without M and by nothing with it.
TEST(Learned, StepsBecomeLong) {
  const auto softest = [](const char* sampler) {
    test::Sampling s(steep(sampler));
    auto chain = s.chain(0);
    for (int step = 0; step < 600; ++step) s.sampler->step(*chain);
    const auto& own = static_cast<const GradientChain&>(*chain);
    return own.step_size * (own.metric ? root_of(*chain).front() : 1.0);
  };
  const double gain =
      softest("{type: hmc, preconditioner: fourier_adapted}") / softest("{type: hmc, preconditioner: none}");
  std::printf("leapfrog steps of the softest mode are %.1f times as long\n", gain);
  EXPECT_GT(gain, 8.0);
}

class Refused : public ::testing::TestWithParam<std::string> {};
TEST_P(Refused, WithAdvice) {
  try {
    test::Sampling s(GetParam());
    FAIL() << "not refused";
  } catch (const base::DeckError& error) {
    EXPECT_FALSE(error.advice().empty());
  }
}
INSTANTIATE_TEST_SUITE_P(Decks, Refused,
                         ::testing::Values(steep("{type: hmc, preconditioner: fourier_adapted}", 19),
                                           test::white_deck("{type: hmc, preconditioner: diagonal}", "{warmup: 100}")));

}  // namespace
}  // namespace scorefield
