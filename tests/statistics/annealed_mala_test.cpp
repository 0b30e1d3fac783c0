/// Metropolis-adjusted annealing: the law of a level, and the weights.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "support/diffusion_modes.hpp"

namespace scorefield {
namespace {

using test::Modes;
using test::Sampling;

template <class... Arguments>
std::string deck(const Arguments&... arguments) {
  return test::diffusion_deck(arguments...);
}

/// A state that begins as an exact draw of a level stays one: both levels here are the same but for 1e-9.
TEST(AnnealedMala, LeavesALevelInvariant) {
  Sampling s(
      deck("{type: annealed_mala, steps_per_level: 4, schedule: {type: geometric, sigma_max: 0.700000001, "
           "sigma_min: 0.7}}",
           8, "[8, 8]"));
  const Modes modes(s);
  const auto chain = s.chain(3);
  constexpr int draws = 1000;
  const auto sites = static_cast<double>(s.domain->lattice().sites());
  double sum = 0.0;
  double acceptance = 0.0;
  for (int draw = 0; draw < draws; ++draw) {
    for (int i = 0; i < 8; ++i) {
      s.sampler->step(*chain);
      acceptance += chain->acceptance / (8.0 * draws);
    }
    const base::Complex* x = chain->x.fourier().data();
    for (std::size_t i = 0; i < modes.v.size(); ++i) {
      sum += modes.weight(i, s.domain->spectral_box()) * (x[i].real() * x[i].real() + x[i].imag() * x[i].imag()) /
             (sites * (modes.v[i] + 0.49));
    }
  }
  // chi^2 as in Diffusion.VariancesFollowTheRecursion; without accept test variances would be 1 / (1 - h / 2), 20 %
  // off.
  EXPECT_LT(std::abs(sum - draws * sites) / std::sqrt(2.0 * draws * sites), 5.0);
  EXPECT_GT(acceptance, 0.4);
  EXPECT_LT(acceptance, 0.8);
}

/// E w = Z by Neal's theorem, whatever the moves, and weighted draws have the law of the lowest level.
TEST(AnnealedMala, WeightsGiveTheNormalisationAndTheLaw) {
  const std::string sampler =
      "{type: annealed_mala, steps_per_level: 2, schedule: {type: geometric, sigma_max: 3.0, sigma_min: 0.3}}";
  constexpr int steps = 160;
  constexpr int draws = 2000;
  {
    Sampling s(deck(sampler, steps, "[4, 4]"));
    const Modes modes(s);
    double log_z = 0.0;
    for (std::size_t i = 0; i < modes.v.size(); ++i) {
      log_z += 0.5 * modes.weight(i, s.domain->spectral_box()) * std::log(2.0 * std::numbers::pi * (modes.v[i] + 0.09));
    }
    const auto chain = s.chain(3);
    for (int i = 0; i < steps * draws; ++i) s.sampler->step(*chain);
    const std::vector<model::Figure> figures = s.sampler->figures(*chain);
    const auto figure = [&](const std::string& name) {
      return std::find_if(figures.begin(), figures.end(), [&](const auto& f) { return f.name == name; })->values;
    };
    double mean = 0.0;
    double square = 0.0;
    for (const double l : figure("log_weights")) {
      mean += std::exp(l - log_z) / draws;
      square += std::exp(2.0 * (l - log_z)) / draws;
    }
    const double error = std::sqrt((square - mean * mean) / draws);
    EXPECT_LT(error, 0.1);  // else the test has no power
    EXPECT_LT(std::abs(mean - 1.0) / error, 5.0);
    EXPECT_NEAR(figure("log_z").front(), log_z + std::log(mean), 1e-9);
    EXPECT_NEAR(figure("effective_draws").front(), draws * mean * mean / square, 1e-6 * draws);
  }
  {
    // At the lowest level few moves cross: the weights of the two modes come from the annealing.
    Sampling s(
        deck(sampler, steps, "[4, 4]",
             "{type: gaussian_mixture, weights: [0.2, 0.8], means: [-1.0, 1.0], spectrum: {type: matern, variance: "
             "0.3, correlation_length: 1.0}}"));
    const auto chain = s.chain(3);
    std::vector<double> below;
    for (int draw = 0; draw < 2 * draws; ++draw) {
      for (int i = 0; i < steps; ++i) s.sampler->step(*chain);
      below.push_back(chain->x.fourier().data()[0].real() < 0.0 ? 1.0 : 0.0);
    }
    const std::vector<model::Figure> figures = s.sampler->figures(*chain);
    const auto weights =
        std::find_if(figures.begin(), figures.end(), [](const auto& f) { return f.name == "log_weights"; })->values;
    const double largest = *std::max_element(weights.begin(), weights.end());
    double sum = 0.0;
    double hits = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      sum += std::exp(weights[i] - largest);
      hits += below[i] * std::exp(weights[i] - largest);
    }
    double variance = 0.0;  // of a ratio of sums
    for (std::size_t i = 0; i < weights.size(); ++i) {
      variance += std::pow(std::exp(weights[i] - largest) * (below[i] - hits / sum) / sum, 2);
    }
    EXPECT_LT(std::sqrt(variance), 0.03);
    EXPECT_LT(std::abs(hits / sum - 0.2) / std::sqrt(variance), 5.0);
  }
}

}  // namespace
}  // namespace scorefield
