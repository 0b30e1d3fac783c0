/// A small restricted Boltzmann machine against all states of its visible and hidden units; what does not fit is
/// refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "base/errors.hpp"
#include "support/small_rbm.hpp"
#include "support/symbol_states.hpp"

namespace scorefield {
namespace {

using test::SmallRbm;

std::string deck(const std::string& shape, const std::string& target, const std::string& sampler = "metropolis") {
  return test::symbol_deck(shape, target, sampler);
}

TEST(Rbm, EnergySumsOverAllHiddenStates) {
  const SmallRbm rbm;
  const test::States states(deck("[6]", rbm.target()));
  ASSERT_EQ(states.count, rbm.visible_states());
  for (std::int64_t v = 0; v < states.count; ++v) {
    double sum = 0.0;
    for (std::int64_t h = 0; h < rbm.hidden_states(); ++h) sum += std::exp(-rbm.energy(v, h));
    EXPECT_NEAR(states.energies[static_cast<std::size_t>(v)], -std::log(sum), 1e-12) << "state " << v;
  }
}

/// Row v of the transition matrix of block_gibbs: sum over h of p(h | v) p(v' | h), from energies of both alone.
std::vector<double> transitions(const SmallRbm& rbm, std::int64_t v) {
  std::vector<double> row(static_cast<std::size_t>(rbm.visible_states()), 0.0);
  double norm = 0.0;
  for (std::int64_t h = 0; h < rbm.hidden_states(); ++h) norm += std::exp(-rbm.energy(v, h));
  for (std::int64_t h = 0; h < rbm.hidden_states(); ++h) {
    double given = 0.0;
    for (std::int64_t to = 0; to < rbm.visible_states(); ++to) given += std::exp(-rbm.energy(to, h));
    const double weight = std::exp(-rbm.energy(v, h)) / norm / given;
    for (std::int64_t to = 0; to < rbm.visible_states(); ++to)
      row[static_cast<std::size_t>(to)] += weight * std::exp(-rbm.energy(to, h));
  }
  return row;
}

/// The matrix is reversible under the law of the target to 1e-12; and the sampler, 3,000 steps from every state of a
/// dozen, goes where it says: chi^2, at 5 sigma.
TEST(Rbm, BlockGibbsHasItsTransitionMatrix) {
  const SmallRbm rbm;
  test::States states(deck("[6]", rbm.target(), "block_gibbs"));
  std::vector<std::vector<double>> matrix;
  for (std::int64_t v = 0; v < states.count; ++v) matrix.push_back(transitions(rbm, v));
  for (std::size_t a = 0; a < matrix.size(); ++a) {
    double total = 0.0;
    for (const double p : matrix[a]) total += p;
    EXPECT_NEAR(total, 1.0, 1e-12);
    for (std::size_t b = 0; b < a; ++b) EXPECT_NEAR(states.law[a] * matrix[a][b], states.law[b] * matrix[b][a], 1e-12);
  }
  constexpr std::int64_t starts = 12;
  constexpr int trials = 3000;
  std::vector<std::vector<int>> counts(starts, std::vector<int>(matrix.size(), 0));
  // By turns from all of them: what is left of the chain before must not decide.
  for (std::int64_t id = 0; id < starts * trials; ++id) {
    const std::int64_t to = states.step(id % starts * 7919 % states.count, id);
    ++counts[static_cast<std::size_t>(id % starts)][static_cast<std::size_t>(to)];
  }
  double worst = -HUGE_VAL;
  for (std::int64_t k = 0; k < starts; ++k) {
    const auto& row = matrix[static_cast<std::size_t>(k * 7919 % states.count)];
    worst = std::max(worst, test::z_of_counts(row, counts[static_cast<std::size_t>(k)], trials));
  }
  std::printf("block_gibbs: largest z of chi^2 %.2f\n", worst);
  EXPECT_LT(worst, 5.0);
}

class Marginals : public ::testing::TestWithParam<const char*> {};

/// Mean energy, every visible unit and products of some, against all states; 64 chains.
TEST_P(Marginals, AreThoseOfAllStates) {
  const SmallRbm rbm;
  test::States states(deck("[6]", rbm.target(), GetParam()));
  const auto figures = [](const double* x, double energy) {
    return std::vector<double>{energy, x[0], x[1],        x[2],        x[3],
                               x[4],   x[5], x[0] * x[1], x[2] * x[4], x[0] * x[3] * x[5]};
  };
  test::expect_means(states, GetParam(), 200, 4000, figures);
}

INSTANTIATE_TEST_SUITE_P(Rbm, Marginals, ::testing::Values("block_gibbs", "metropolis", "heat_bath"));

/// What an error says and advises.
std::string refusal(const std::string& text) {
  try {
    test::Sampling sampling(text);
  } catch (const base::Error& error) {
    return std::string(error.what()) + "; " + error.advice();
  }
  return "";
}

TEST(Rbm, WhatDoesNotFitIsRefused) {
  using testing::HasSubstr;
  const SmallRbm rbm;
  for (const char* shape : {"[5]", "[2, 3]", "[6, 1]"})
    EXPECT_THAT(refusal(deck(shape, rbm.target())), HasSubstr("domain.shape: [6]")) << shape;
  EXPECT_THAT(refusal(deck("[6]", rbm.in("{type: rbm, file: FILE, visible_bias: hidden_bias}"))),
              HasSubstr("'hidden_bias' has 4 values for 6 visible units"));
  EXPECT_THAT(refusal(deck("[6]", rbm.in("{type: rbm, file: FILE, weights: visible_bias}"))),
              HasSubstr("has shape 6; store it as (visible, hidden)"));
  EXPECT_THAT(refusal(deck("[6]", rbm.in("{type: rbm, file: FILE, hidden_bias: c}"))),
              HasSubstr("the file has: /hidden_bias, /visible_bias, /weights"));
  SmallRbm diverged;
  diverged.weights[3] = std::nan("");
  diverged.write(diverged.in("FILE"));
  EXPECT_THAT(refusal(deck("[6]", diverged.target())), HasSubstr("'weights' has values that are no finite numbers"));
  const SmallRbm single(base::Comm::self(), 1, 2);
  EXPECT_EQ(refusal(deck("[1]", single.target(), "heat_bath")), "");
  EXPECT_THAT(refusal(deck("[6]", "{type: ising, temperature: 2.0}", "block_gibbs")), HasSubstr("'heat_bath'"));
  EXPECT_THAT(
      refusal(deck("[6]", rbm.target(), "{type: parallel_tempering, sampler: block_gibbs, hottest: 2.0, rungs: 2}")),
      HasSubstr("within parallel_tempering"));
}

}  // namespace
}  // namespace scorefield
