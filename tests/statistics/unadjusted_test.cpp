/// Samplers without accept test: their own, biased laws on Gaussians, and how the bias falls with the step.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "noise/normals.hpp"
#include "reduce/rows.hpp"
#include "samplers/langevin/underdamped.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield {
namespace {

/// N(0, 1) in each of the 15 free modes.
std::string white(const std::string& sampler) { return test::white_deck(sampler, "{seed: 5}"); }
constexpr double modes = 15.0;

/// Stationary <x^2>, <v^2>, <x v> of a splitting on U = x^2 / 2, for any friction.
struct Covariance {
  double xx, vv, xv;
};
struct Splitting {
  const char* name;
  Covariance (*law)(double h);
};
constexpr Splitting splittings[] = {
    {"BAOAB",
     [](double h) {
       return Covariance{1.0, 1.0 - h * h / 4.0, 0.0};
     }},
    {"ABOBA",
     [](double h) {
       return Covariance{1.0, 1.0 / (1.0 - h * h / 4.0), 0.0};
     }},
    {"OBABO",
     [](double h) {
       return Covariance{1.0 / (1.0 - h * h / 4.0), 1.0, 0.0};
     }},
    {"OABAO",
     [](double h) {
       return Covariance{1.0 - h * h / 4.0, 1.0, 0.0};
     }},
    {"BAOA",
     [](double h) {
       return Covariance{1.0, 1.0, h / 2.0};
     }},
};

/// Started in its own law, a splitting stays there; under the law of every other one at least one moment is off. 20,000
/// replicates of 15 modes: the laws differ by 25 to 33 % (at least 10 standard errors, stated beforehand).
TEST(Underdamped, KeepsTheLawOfItsSplitting) {
  constexpr double h = 1.0;
  constexpr int replicates = 20000;
  for (const Splitting& own : splittings) {
    test::Sampling s(
        white(std::string("{type: underdamped, step_size: 1.0, friction: 0.7, splitting: ") + own.name + "}"));
    const Covariance law = own.law(h);
    double xx = 0.0, vv = 0.0, xv = 0.0;
    for (int i = 0; i < replicates; ++i) {
      auto chain = s.chain(i);
      auto& walker = dynamic_cast<samplers::UnderdampedChain&>(*chain);
      // x is N(0, 1) and so is v: scaled and mixed they have the law.
      const double slope = law.xv / std::sqrt(law.xx);
      const double rest = std::sqrt(law.vv - slope * slope);
      const grid::SpectralField x = walker.x.fourier();
      const grid::SpectralField v = walker.velocity.fourier();
      for (std::int64_t k = 0; k < x.size(); ++k) {
        v.data()[k] = slope * x.data()[k] + rest * v.data()[k];
        x.data()[k] *= std::sqrt(law.xx);
      }
      walker.x.set_fourier();
      s.sampler->refresh(walker);
      for (int step = 0; step < 8; ++step) s.sampler->step(walker);
      xx += reduce::dot(*s.domain, walker.x.fourier(), walker.x.fourier()).value();
      vv += reduce::dot(*s.domain, walker.velocity.fourier(), walker.velocity.fourier()).value();
      xv += reduce::dot(*s.domain, walker.x.fourier(), walker.velocity.fourier()).value();
    }
    for (const Splitting& other : splittings) {
      const Covariance c = other.law(h);
      const double n = modes * replicates;
      const double z[] = {(xx / n - c.xx) / (c.xx * std::sqrt(2.0 / n)), (vv / n - c.vv) / (c.vv * std::sqrt(2.0 / n)),
                          (xv / n - c.xv) / std::sqrt((c.xx * c.vv + c.xv * c.xv) / n)};
      const double worst = std::max({std::abs(z[0]), std::abs(z[1]), std::abs(z[2])});
      std::printf("%s under the law of %s: z of xx, vv, xv %.1f %.1f %.1f\n", own.name, other.name, z[0], z[1], z[2]);
      if (&other == &own) {
        EXPECT_LT(worst, 5.0) << own.name;
      } else {
        EXPECT_GT(worst, 10.0) << own.name << " looks like " << other.name;
      }
    }
  }
}

/// Mean energy of a long run less the exact d / 2, and its standard error from 64 chains.
struct Bias {
  double value, error;
};
Bias energy_bias(const std::string& sampler, int steps) {
  test::Sampling s(white(sampler));
  constexpr int chains = 64;
  double sum = 0.0, squares = 0.0;
  for (int i = 0; i < chains; ++i) {
    auto chain = s.chain(i);
    for (int step = 0; step < steps / 10; ++step) s.sampler->step(*chain);
    double mean = 0.0;
    for (int step = 0; step < steps; ++step) {
      s.sampler->step(*chain);
      mean += (chain->energy.value() - modes / 2.0) / steps;
    }
    sum += mean;
    squares += mean * mean;
  }
  const double mean = sum / chains;
  return {mean, std::sqrt((squares / chains - mean * mean) / (chains - 1))};
}

/// The bias of mclmc falls as the square of the step: halving it leaves a quarter, within five standard errors and the
/// next order (h^4, 30 % at most).
TEST(Mclmc, BiasFallsAsTheSquareOfTheStep) {
  const Bias whole = energy_bias("{type: mclmc, step_size: 4.0}", 4000);
  const Bias half = energy_bias("{type: mclmc, step_size: 2.0}", 16000);
  std::printf("mclmc: bias of the energy %.4f(%.4f) at h, %.4f(%.4f) at h / 2\n", whole.value, whole.error, half.value,
              half.error);
  EXPECT_GT(std::abs(whole.value), 10.0 * whole.error);
  EXPECT_GT(std::abs(half.value), 5.0 * half.error);
  const double ratio = whole.value / half.value;
  const double error = std::abs(ratio) * std::hypot(whole.error / whole.value, half.error / half.value);
  EXPECT_LT(std::abs(ratio - 4.0), 1.2 + 5.0 * error) << ratio << " +- " << error;
}

}  // namespace
}  // namespace scorefield
