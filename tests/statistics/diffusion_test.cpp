/// Samplers that walk from noise to data, with the exact score of a Gaussian field: each mode is then multiplied by
/// known numbers and gets known noise, so that whole trajectories are known to rounding.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <complex>
#include <cstring>
#include <functional>

#include "base/errors.hpp"
#include "reduce/rows.hpp"
#include "samplers/diffusion/annealed_langevin.hpp"
#include "samplers/diffusion/diffusion_sampler.hpp"
#include "support/diffusion_modes.hpp"
#include "support/memory_archive.hpp"

namespace scorefield {
namespace {

using test::Modes;
using test::Sampling;

template <class... Arguments>
std::string deck(const Arguments&... arguments) {
  return test::diffusion_deck(arguments...);
}

/// Two trajectories of a sampler, step by step against `step(modes, i, number of the step, chain)`, i from 0 to n - 1.
using Step = std::function<void(Modes&, std::int64_t, std::int64_t, model::Chain&)>;
void expect_trajectories(Sampling& s, std::int64_t n, double sigma_max, const Step& step) {
  Modes modes(s);
  const auto chain = s.chain(3);
  for (std::int64_t number = 0; number < 2 * n; ++number) {
    const std::int64_t i = number % n;
    if (i == 0) modes.start(sigma_max, number);
    s.sampler->step(*chain);
    step(modes, i, number, *chain);
    ASSERT_LT(modes.distance(*chain), 1e-10) << "step " << number;
  }
}

std::vector<double> geometric(double max, double min, int n) {
  std::vector<double> levels;
  for (int i = 0; i < n; ++i) levels.push_back(max * std::pow(min / max, i / (n - 1.0)));
  return levels;
}

double level(const std::vector<double>& levels, std::int64_t i) { return levels.at(static_cast<std::size_t>(i)); }

TEST(AnnealedLangevin, EveryModeIsKnown) {
  Sampling s(
      deck("{type: annealed_langevin, steps_per_level: 3, step_size: 0.3, schedule: {type: geometric, sigma_max: "
           "4.0, sigma_min: 0.05}}",
           12));
  const std::vector<double> levels = geometric(4.0, 0.05, 4);
  expect_trajectories(s, 12, 4.0, [&](Modes& modes, std::int64_t i, std::int64_t number, model::Chain&) {
    const double sigma = level(levels, i / 3);
    const double a = 0.3 * sigma * sigma;
    modes.move([=](double v) { return 1.0 - a / (v + sigma * sigma); }, std::sqrt(2.0 * a), noise::Purpose::proposal,
               number);
    if (i == 11) modes.scale([=](double v) { return v / (v + sigma * sigma); });
  });
}

TEST(AnnealedLangevin, StepSizeOfItsOwnLeavesTheLeastError) {
  for (const double gamma : {1.02, 1.3, 3.0}) {
    for (const int steps : {1, 5, 20}) {
      const double best = samplers::AnnealedLangevin::best_step_size(gamma, steps);
      const auto variance = [&](double eta) {  // the papers' recursion, step by step
        double v = gamma * gamma;
        for (int t = 0; t < steps; ++t) v = (1.0 - eta) * (1.0 - eta) * v + 2.0 * eta;
        return v;
      };
      EXPECT_LE(variance(best), variance(0.99 * best) + 1e-12);
      EXPECT_LE(variance(best), variance(std::min(1.0, 1.01 * best)) + 1e-12);
    }
  }
}

class ReverseSdeModes : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(ReverseSdeModes, AreKnown) {
  const auto& [sde, method] = GetParam();
  Sampling s(deck(fmt::format("{{type: reverse_sde, sde: {}, method: {}, schedule: {{type: geometric, sigma_max: 6.0, "
                              "sigma_min: 0.05}}}}",
                              sde, method),
                  9));
  const std::vector<double> levels = geometric(6.0, 0.05, 9);
  const double sd = Modes(s).sd;
  // u = a x + b z, b in the unit of the field.
  const auto a_of = [&](double sigma) {
    const double r = sigma / sd;
    if (sde == "ve") return 1.0;
    return sde == "vp" ? 1.0 / std::sqrt(1.0 + r * r) : 0.5 * (std::sqrt(r * r + 4.0) - r);
  };
  expect_trajectories(s, 9, 6.0, [&](Modes& modes, std::int64_t i, std::int64_t number, model::Chain&) {
    const double sigma = level(levels, i);
    const double a = a_of(sigma);
    const double b = sigma * a;
    if (i == 0) modes.scale([=](double) { return a; });
    if (i == 8) return modes.scale([=](double v) { return v / (v + sigma * sigma) / a; });
    const double next = level(levels, i + 1);
    const double to = a_of(next);
    const auto slope = [=](double v) { return 1.0 / (a * a * v + b * b); };  // s = -slope u
    double drift = 1.0;
    double g2 = sigma * sigma - next * next;  // integral of g^2
    double spread = std::sqrt(g2);
    if (method == "ancestral" && sde == "ve") spread *= next / sigma;
    if (sde != "ve") {
      // Of a = exp(-integral of beta / 2).
      const double beta = 2.0 * (std::log(to) - std::log(a));
      drift = 1.0 + 0.5 * beta;
      g2 = beta * sd * sd * (sde == "vp" ? 1.0 : 1.0 - a * a * a * a);
      spread = std::sqrt(g2);
      if (method == "ancestral") {  // Ho et al. 2020: alpha = 1 - beta, the posterior's variance
        const double alpha = a * a / (to * to);
        drift = 1.0 / std::sqrt(alpha);
        g2 = (1.0 - alpha) / std::sqrt(alpha) * sd * sd;
        spread = std::sqrt((1.0 - to * to) / (1.0 - a * a) * (1.0 - alpha)) * sd;
      }
    }
    modes.move([=](double v) { return drift - g2 * slope(v); }, spread, noise::Purpose::proposal, number);
  });
}

using Kind = std::pair<std::string, std::string>;
INSTANTIATE_TEST_SUITE_P(Kinds, ReverseSdeModes,
                         testing::Values(Kind{"ve", "euler_maruyama"}, Kind{"ve", "ancestral"},
                                         Kind{"vp", "euler_maruyama"}, Kind{"vp", "ancestral"},
                                         Kind{"sub_vp", "euler_maruyama"}),
                         [](const auto& test) { return test.param.first + "_" + test.param.second; });

TEST(PredictorCorrector, EveryModeIsKnownByTheRecordedSteps) {
  Sampling s(
      deck("{type: predictor_corrector, signal_to_noise: 0.2, corrector_steps: 2, schedule: {type: geometric, "
           "sigma_max: 5.0, sigma_min: 0.05}}",
           7));
  const std::vector<double> levels = geometric(5.0, 0.05, 7);
  const auto cells = static_cast<double>(s.domain->lattice().sites());
  expect_trajectories(s, 7, 5.0, [&](Modes& modes, std::int64_t i, std::int64_t number, model::Chain& chain) {
    const double sigma = level(levels, i);
    if (i == 6) return modes.scale([=](double v) { return v / (v + sigma * sigma); });
    const double next = level(levels, i + 1);
    const double d = sigma * sigma - next * next;
    modes.move([=](double v) { return 1.0 - d / (v + sigma * sigma); }, std::sqrt(d), noise::Purpose::proposal, number);
    const auto slope = [=](double v) { return 1.0 / (v + next * next); };
    for (std::int64_t j = 0; j < 2; ++j) {
      const double e = static_cast<samplers::DiffusionChain&>(chain).recorded.at(static_cast<std::size_t>(2 * i + j));
      // 2 (r |z| / |s|)^2 of this field's own score.
      EXPECT_NEAR(e / (2.0 * 0.04 * cells / modes.square(slope)), 1.0, 1e-10);
      modes.move([=](double v) { return 1.0 - e * slope(v); }, std::sqrt(2.0 * e), noise::Purpose::corrector,
                 2 * number + j);
    }
  });
}

TEST(ProbabilityFlow, EulerAndHeunWithChurnAreKnown) {
  for (const std::string method : {"euler", "heun"}) {
    Sampling s(
        deck(fmt::format("{{type: probability_flow, method: {}, churn: 2.0, churn_min: 0.2, churn_max: 3.0, "
                         "churn_noise: 1.01, schedule: {{type: edm, sigma_max: 5.0, sigma_min: 0.05, rho: 3.0}}}}",
                         method),
             8));
    std::vector<double> levels;
    for (int i = 0; i < 8; ++i) {
      levels.push_back(std::pow(std::cbrt(5.0) + i / 7.0 * (std::cbrt(0.05) - std::cbrt(5.0)), 3.0));
    }
    expect_trajectories(s, 8, 5.0, [&](Modes& modes, std::int64_t i, std::int64_t number, model::Chain&) {
      double sigma = level(levels, i);
      if (i == 7) return modes.scale([=](double v) { return v / (v + sigma * sigma); });
      const double next = level(levels, i + 1);
      if (sigma >= 0.2 && sigma <= 3.0) {
        const double raised = 1.25 * sigma;
        modes.move([](double) { return 1.0; }, 1.01 * std::sqrt(raised * raised - sigma * sigma),
                   noise::Purpose::proposal, number);
        sigma = raised;
      }
      const auto rate = [](double v, double t) { return t / (v + t * t); };  // dx/dsigma = rate x
      const double h = next - sigma;
      modes.scale([=](double v) {
        const double first = 1.0 + h * rate(v, sigma);
        return method == "euler" ? first : 1.0 + 0.5 * h * (rate(v, sigma) + rate(v, next) * first);
      });
    });
  }
}

TEST(ProbabilityFlow, MultistepIsKnown) {
  Sampling s(
      deck("{type: probability_flow, method: dpm_solver_2m, schedule: {type: cosine, sigma_max: 5.0, sigma_min: "
           "0.05}}",
           8));
  const double sd = Modes(s).sd;
  std::vector<double> levels;
  for (int i = 0; i < 8; ++i) {
    levels.push_back(sd * std::tan(std::atan(5.0 / sd) + i / 7.0 * (std::atan(0.05 / sd) - std::atan(5.0 / sd))));
  }
  std::vector<std::complex<double>> before;
  expect_trajectories(s, 8, 5.0, [&](Modes& modes, std::int64_t i, std::int64_t, model::Chain&) {
    const double sigma = level(levels, i);
    if (i == 7) return modes.scale([=](double v) { return v / (v + sigma * sigma); });
    // x' = (s'/s) x + (1 - e^-h) [(1 + 1/2r) D - 1/2r D_before], h = ln(s/s'), r = h_before / h (Lu et al. 2022).
    const double h = std::log(sigma / level(levels, i + 1));
    std::vector<std::complex<double>> now(modes.x.size());
    for (std::size_t m = 0; m < now.size(); ++m) {
      now[m] = modes.v[m] / (modes.v[m] + sigma * sigma) * modes.x[m];
      std::complex<double> data = now[m];
      if (i > 0) {
        const double r = std::log(level(levels, i - 1) / sigma) / h;
        data += 0.5 / r * (now[m] - before[m]);
      }
      modes.x[m] = std::exp(-h) * modes.x[m] + (1.0 - std::exp(-h)) * data;
    }
    before = now;
  });
}

TEST(ProbabilityFlow, AdaptiveStepsReachTheExactSolution) {
  // Errors of a step add up over some hundred steps at most.
  for (const double tolerance : {1e-4, 1e-8, 1e-11}) {
    Sampling s(
        deck(fmt::format("{{type: probability_flow, method: rk45, tolerance: {}, schedule: {{type: vp_linear}}}}",
                         tolerance),
             5));
    Modes modes(s);
    std::vector<double> levels;
    for (int i = 0; i < 5; ++i) {
      const double t = 1.0 - i / 4.0 * (1.0 - 1e-3);
      levels.push_back(modes.sd * std::sqrt(std::exp(0.5 * t * t * 19.9 + 0.1 * t) - 1.0));
    }
    const auto chain = s.chain(3);
    modes.start(levels[0], 0);
    for (std::size_t i = 0; i < 4; ++i) {
      s.sampler->step(*chain);
      modes.scale(
          [&](double v) { return std::sqrt((v + levels[i + 1] * levels[i + 1]) / (v + levels[i] * levels[i])); });
      EXPECT_LT(modes.distance(*chain), 100.0 * tolerance) << "level " << i;
      if (tolerance == 1e-4) {
        EXPECT_GT(modes.distance(*chain), 1e-12);  // it does take steps of finite length
      }
    }
  }
}

/// Samplers with noise, few levels: their bias is large, and known.
TEST(Diffusion, VariancesFollowTheRecursion) {
  struct Case {
    std::string sampler;
    std::function<double(double)> variance;  // of a draw, of a mode of variance v
  };
  const std::vector<double> levels = geometric(5.0, 0.2, 6);
  const auto final_gain = [&](double v) { return std::pow(v / (v + levels[5] * levels[5]), 2); };
  const std::string schedule = "schedule: {type: geometric, sigma_max: 5.0, sigma_min: 0.2}";
  const std::vector<Case> cases{
      {"{type: reverse_sde, " + schedule + "}",
       [&](double v) {
         double w = v + 25.0;
         for (std::size_t i = 0; i < 5; ++i) {
           const double d = levels[i] * levels[i] - levels[i + 1] * levels[i + 1];
           w = w * std::pow(1.0 - d / (v + levels[i] * levels[i]), 2) + d;
         }
         return w * final_gain(v);
       }},
      {"{type: reverse_sde, method: ancestral, " + schedule + "}",
       [&](double v) {
         double w = v + 25.0;
         for (std::size_t i = 0; i < 5; ++i) {
           const double d = levels[i] * levels[i] - levels[i + 1] * levels[i + 1];
           w = w * std::pow(1.0 - d / (v + levels[i] * levels[i]), 2) + d * std::pow(levels[i + 1] / levels[i], 2);
         }
         return w * final_gain(v);
       }},
      {"{type: annealed_langevin, steps_per_level: 1, step_size: 0.4, " + schedule + "}", [&](double v) {
         double w = v + 25.0;
         for (const double sigma : levels) {
           const double a = 0.4 * sigma * sigma;
           w = w * std::pow(1.0 - a / (v + sigma * sigma), 2) + 2.0 * a;
         }
         return w * final_gain(v);
       }}};
  for (const Case& c : cases) {
    Sampling s(deck(c.sampler, 6, "[8, 8]"));
    const Modes modes(s);
    const auto chain = s.chain(3);
    constexpr int draws = 1000;
    const auto sites = static_cast<double>(s.domain->lattice().sites());
    // sum_k w_k |x_k|^2 / (N variance) of each draw is chi^2 with as many degrees of freedom as there are cells.
    double sum = 0.0;
    for (int draw = 0; draw < draws; ++draw) {
      for (int i = 0; i < 6; ++i) s.sampler->step(*chain);
      const base::Complex* x = chain->x.fourier().data();
      for (std::size_t i = 0; i < modes.v.size(); ++i) {
        sum += modes.weight(i, s.domain->spectral_box()) * (x[i].real() * x[i].real() + x[i].imag() * x[i].imag()) /
               (sites * c.variance(modes.v[i]));
      }
    }
    // Finds an error of 3 % of all variances: sd of the mean is sqrt(2 / 64000) = 0.56 %.
    const double z = (sum - draws * sites) / std::sqrt(2.0 * draws * sites);
    EXPECT_LT(std::abs(z), 5.0) << c.sampler;
  }
}

TEST(Diffusion, TrajectoriesGoOnFromAnyStep) {
  for (const std::string sampler :
       {"{type: annealed_langevin, steps_per_level: 2}", "{type: reverse_sde, sde: vp}",
        "{type: reverse_sde, sde: sub_vp}", "{type: predictor_corrector}", "{type: probability_flow, churn: 1.0}",
        "{type: probability_flow, method: rk45}", "{type: probability_flow, method: dpm_solver_2m}",
        "{type: annealed_mala, steps_per_level: 4}"}) {
    Sampling whole(deck(sampler, 8));
    Sampling parts(deck(sampler, 8));
    const auto a = whole.chain(3);
    for (int i = 0; i < 13; ++i) whole.sampler->step(*a);
    for (int stop = 1; stop < 13; stop += 4) {
      const auto first = parts.chain(3);
      for (int i = 0; i < stop; ++i) parts.sampler->step(*first);
      test::MemoryArchive archive;
      first->visit(archive);
      archive.load();
      const auto second = parts.sampler->make_chain(3);
      second->visit(archive);
      parts.sampler->refresh(*second);
      for (int i = stop; i < 13; ++i) parts.sampler->step(*second);
      const grid::SpectralField& x = a->x.fourier();
      const grid::SpectralField& y = second->x.fourier();
      EXPECT_EQ(std::memcmp(x.data(), y.data(), static_cast<std::size_t>(x.size()) * sizeof(base::Complex)), 0)
          << sampler << " stopped after " << stop;
    }
  }
}

/// A delta mode under a score of slopes up to L: what is left of it is sqrt(width^2 L) = 1 by the energy itself (MALA),
/// sqrt(1/2 + e^-2 / 2) by the reverse SDE and e^(-1/2) by the probability flow, in the limit of small steps. By the
/// gains of every mode, which are all alike here: N(0, sigma_max^2) goes in, and what comes out is multiplied by them.
TEST(Diffusion, DeltaModesBlurAsTheLipschitzBoundSays) {
  const auto width = [](const std::string& sampler, std::int64_t steps, double bound, int draws) {
    Sampling s(deck(
        sampler, steps, "[16, 16]",
        fmt::format("{{type: gaussian_field, lipschitz: {}, spectrum: {{type: matern, variance: 1e-14}}}}", bound)));
    const auto chain = s.chain(3);
    double sum = 0.0;
    for (int draw = 0; draw < draws; ++draw) {
      for (std::int64_t i = 0; i < steps; ++i) s.sampler->step(*chain);
      sum += reduce::dot(*s.domain, chain->x.real(), chain->x.real()).value();
    }
    return std::sqrt(sum / (256.0 * draws));
  };
  // 10240 cells, independent but for MALA: 0.7 % of scatter at one sd.
  std::vector<double> widths;
  for (const double bound : {4.0, 100.0, 2500.0}) {
    const std::string schedule = fmt::format("schedule: {{type: geometric, sigma_max: {}, sigma_min: {}}}",
                                             8.0 / std::sqrt(bound), 0.01 / std::sqrt(bound));
    const double unit = 1.0 / std::sqrt(bound);
    EXPECT_NEAR(width("{type: reverse_sde, " + schedule + "}", 400, bound, 40) / unit,
                std::sqrt(0.5 + 0.5 * std::exp(-2.0)), 0.03 * 0.753)
        << bound;
    widths.push_back(width("{type: probability_flow, " + schedule + "}", 100, bound, 40) / unit);
    EXPECT_NEAR(widths.back(), std::exp(-0.5), 0.03 * 0.607) << bound;
    widths.back() *= unit;
    EXPECT_NEAR(width("{type: mala, start: prior}", 20, bound, 40) / unit, 1.0, 0.03) << bound;
  }
  const double exponent = std::log(widths.back() / widths.front()) / std::log(2500.0 / 4.0);
  EXPECT_NEAR(exponent, -0.5, 0.02);
}

TEST(Diffusion, RefusesWhatIsNoWholeTrajectory) {
  const auto refused = [](const std::string& text) {
    try {
      const Sampling s(text);
    } catch (const base::DeckError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(refused(deck("{type: probability_flow, steps: 5}", 8)).find("run.thin 8"), std::string::npos);
  EXPECT_NE(refused(deck("{type: annealed_langevin, steps_per_level: 3}", 8)).find("3 on each level"),
            std::string::npos);
  EXPECT_NE(refused(deck("probability_flow", 8, "[8, 8]", "{type: phi4, mass_squared: 1.0, coupling: 0.5}"))
                .find("every noise level"),
            std::string::npos);
  EXPECT_NE(refused(deck("{type: probability_flow, schedule: {type: edm, sigma_max: 1.0, sigma_min: 2.0}}", 8))
                .find("sigma_min"),
            std::string::npos);
}

}  // namespace
}  // namespace scorefield
