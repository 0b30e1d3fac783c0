/// The lognormal density behind Poisson counts: the joint law of field and counts kept by drawing them in turn (layer
/// C), two cells against quadrature, and the limit of many counts.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "base/errors.hpp"
#include "physics/inverse/lognormal_poisson.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield {
namespace {

using test::Average;

std::string deck(const std::string& shape, const std::string& counts, const std::string& sampler) {
  return "run: {seed: 23}\ndomain: {shape: " + shape +
         "}\ntarget: {type: lognormal_poisson, spectrum: {type: matern, variance: 0.6, correlation_length: 1.2, "
         "smoothness: 0.5}, counts: {data: {mock_seed: 3}, " +
         counts + "}}\nsampler: " + sampler + "\n";
}

physics::LognormalPoisson& target(test::Sampling& s) { return dynamic_cast<physics::LognormalPoisson&>(*s.target); }

const model::NamedField& named(const std::vector<model::NamedField>& fields, const std::string& path) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.path == path; });
  EXPECT_NE(found, fields.end()) << path;
  return *found;
}

class Joint : public ::testing::TestWithParam<const char*> {};

/// 8,000 pairs (field, counts) from their joint law; then ten times a step of the sampler on the field given the
/// counts, and new counts given the field. What is left is a draw from the joint law again: the field from its prior,
/// the counts around lam. Power: a field variance wrong by 3 %, or a selection left out of the likelihood, shows.
TEST_P(Joint, LawIsKept) {
  test::Sampling s(deck("[4, 4]", "mean_count: 3.0, selection: {depth: 2.0}", GetParam()));
  const double d = s.target->degrees_of_freedom();
  model::DualField density(*s.domain, "density");
  model::DualSum slope(*s.domain, "C^-1 g");
  test::ZScore square(d, 2.0 * d);  // g^T C^-1 g is chi^2 of d
  std::vector<Average> mean(4);
  std::vector<Average> change(7);
  double acceptance = 0.0;
  double moved = 0.0;
  constexpr int replicates = 8000;
  constexpr int cycles = 10;
  for (int id = 0; id < replicates; ++id) {
    const auto redraw = [&](model::Chain& chain, int cycle) {
      target(s).draw_counts(
          {.seed = 99, .chain = static_cast<std::uint32_t>(id), .step = static_cast<std::uint64_t>(cycle)}, chain.x);
      s.sampler->refresh(chain);
    };
    auto chain = s.chain(id);
    redraw(*chain, 0);
    const auto figures = [&] {
      s.target->physical(chain->x, density);
      slope.clear();
      s.target->prior_gaussian()->add_precision(chain->x, slope);
      const double* x = chain->x.real().data();
      const double* delta = density.real().data();
      const double* g = slope.real().data();
      const auto fields = s.target->named_fields();
      const double* counts = named(fields, "/data/observed").field.data();
      const double* expected = named(fields, "/data/expected").field.data();
      double quadratic = 0.0;
      double all_counts = 0.0;
      double all_expected = 0.0;
      double overlap = 0.0;
      for (int i = 0; i < 16; ++i) {
        quadratic += x[i] * g[i];
        all_counts += counts[i];
        all_expected += expected[i];
        overlap += counts[i] * x[i];
      }
      return std::vector<double>{quadratic, delta[0], delta[15], x[0], x[15] * x[15], all_counts - all_expected,
                                 overlap};
    };
    const std::vector<double> before = figures();
    for (int cycle = 1; cycle <= cycles; ++cycle) {
      s.sampler->step(*chain);
      acceptance += chain->acceptance / (double{replicates} * cycles);
      redraw(*chain, cycle);
    }
    const std::vector<double> after = figures();
    square.add(after[0]);
    mean[0].add(after[1]);
    mean[1].add(after[2]);
    mean[2].add(after[3]);
    mean[3].add(after[5]);
    for (std::size_t i = 0; i < after.size(); ++i) change[i].add(after[i] - before[i]);
    moved += std::abs(after[3] - before[3]) / replicates;
  }
  double worst = std::abs(square.z());
  for (const Average& m : mean) worst = std::max(worst, std::abs(m.z(0.0)));
  for (const Average& c : change) worst = std::max(worst, std::abs(c.z(0.0)));
  std::printf("%s: acceptance %.3f, z of g C^-1 g %.2f, largest |z| %.2f\n", GetParam(), acceptance, square.z(), worst);
  EXPECT_LT(worst, 5.0);
  EXPECT_GT(moved, 0.3);
  EXPECT_GE(acceptance, 0.6);
  EXPECT_LE(acceptance, 0.95);
}

INSTANTIATE_TEST_SUITE_P(Samplers, Joint,
                         ::testing::Values("{type: mala, step_size: 0.2}",
                                           "{type: hmc, step_size: 0.6, leapfrog_steps: 4}",
                                           "{type: hmc, step_size: 0.15, leapfrog_steps: 6, preconditioner: none}"));

/// Two cells, one of them hardly selected: mean and variance of both densities by quadrature over the plane of g, with
/// the covariance of two cells written out, against 64 chains (t of 63).
TEST(TwoCells, AgreeWithQuadrature) {
  test::Sampling s(
      deck("[2]", "mean_count: 4.0, selection: {depth: 0.8}", "{type: hmc, step_size: 0.5, leapfrog_steps: 5}"));
  const auto fields = s.target->named_fields();
  const double* counts = named(fields, "/data/observed").field.data();
  const double lam[2] = {4.0 * std::exp(-0.5 / 0.8), 4.0 * std::exp(-1.5 / 0.8)};
  for (int i = 0; i < 2; ++i) EXPECT_NEAR(named(fields, "/data/expected").field.data()[i], lam[i], 1e-14);
  const auto power = s.target->prior_power();
  const double xi0 = (power(0.0) + power(std::acos(-1.0))) / 2.0;
  const double xi1 = (power(0.0) - power(std::acos(-1.0))) / 2.0;
  const double variance = std::log1p(xi0);
  const double covariance = std::log1p(xi1);
  const double determinant = variance * variance - covariance * covariance;
  double norm = 0.0;
  double exact[4] = {0.0, 0.0, 0.0, 0.0};  // delta_0, delta_1, their squares
  constexpr int points = 1200;
  const double width = 9.0 * std::sqrt(variance);
  for (int i = 0; i < points; ++i) {
    for (int j = 0; j < points; ++j) {
      const double g[2] = {width * (2.0 * (i + 0.5) / points - 1.0), width * (2.0 * (j + 0.5) / points - 1.0)};
      double log_p = -0.5 * (variance * (g[0] * g[0] + g[1] * g[1]) - 2.0 * covariance * g[0] * g[1]) / determinant;
      double delta[2];
      for (int c = 0; c < 2; ++c) {
        delta[c] = std::exp(g[c] - 0.5 * variance) - 1.0;
        log_p += counts[c] * (g[c] - 0.5 * variance) - lam[c] * (1.0 + delta[c]);
      }
      const double p = std::exp(log_p);
      norm += p;
      for (int c = 0; c < 2; ++c) {
        exact[c] += p * delta[c];
        exact[2 + c] += p * delta[c] * delta[c];
      }
    }
  }
  Average figures[4];
  model::DualField density(*s.domain, "density");
  for (int id = 0; id < 64; ++id) {
    auto chain = s.chain(id);
    double sums[4] = {0.0, 0.0, 0.0, 0.0};
    constexpr int draws = 2000;
    for (int step = -50; step < draws; ++step) {
      s.sampler->step(*chain);
      if (step < 0) continue;
      s.target->physical(chain->x, density);
      for (int c = 0; c < 2; ++c) {
        const double delta = density.real().data()[c];
        sums[c] += delta / draws;
        sums[2 + c] += delta * delta / draws;
      }
    }
    for (int k = 0; k < 4; ++k) figures[k].add(sums[k]);
  }
  for (int k = 0; k < 4; ++k) {
    std::printf("exact %.4f, mean %.4f, t %.2f\n", exact[k] / norm, figures[k].sum / 64, figures[k].z(exact[k] / norm));
    EXPECT_LT(std::abs(figures[k].z(exact[k] / norm)), 6.0);
  }
}

/// With 10^5 counts a cell the posterior lies at the counts, the prior's pull being a thousandth of their error: its
/// mean is off the truth by the Poisson noise of the mock, and each cell of g varies by 1 / sqrt(counts). The chain
/// begins three of these away from where the counts say.
TEST(ManyCounts, GiveTheTruth) {
  test::Sampling s(
      deck("[6, 5]", "mean_count: 1.0e5", "{type: hmc, step_size: 0.0015, leapfrog_steps: 6, preconditioner: none}"));
  const auto fields = s.target->named_fields();
  const double* truth = named(fields, "/truth/x").field.data();
  const double* counts = named(fields, "/data/observed").field.data();
  auto chain = s.chain(0);
  model::DualField density(*s.domain, "density");
  s.target->physical(chain->x, density);
  const double half_variance = chain->x.real().data()[0] - std::log1p(density.real().data()[0]);
  double* g = chain->x.change(model::Space::real);
  for (int i = 0; i < 30; ++i) g[i] = std::log(counts[i] / 1e5) + half_variance + 3.0 / std::sqrt(counts[i]);
  s.sampler->refresh(*chain);
  std::vector<double> mean(30, 0.0), squares(30, 0.0);
  constexpr int draws = 2000;
  double acceptance = 0.0;
  for (int step = -100; step < draws; ++step) {
    s.sampler->step(*chain);
    if (step < 0) continue;
    acceptance += chain->acceptance / draws;
    s.target->physical(chain->x, density);
    for (int i = 0; i < 30; ++i) {
      const double error = (density.real().data()[i] - truth[i]) / std::sqrt((1.0 + truth[i]) / 1e5);
      mean[i] += error / draws;
      squares[i] += error * error / draws;
    }
  }
  double chi2 = 0.0;
  double spread = 0.0;  // of the posterior, in units of what it must be; the truth's own cell for the counts'
  for (int i = 0; i < 30; ++i) {
    EXPECT_LT(std::abs(mean[i]), 5.0) << "cell " << i;
    chi2 += mean[i] * mean[i];
    spread += (squares[i] - mean[i] * mean[i]) / 30.0;
  }
  std::printf("acceptance %.3f, chi^2 %.1f of 30 cells, posterior variance %.3f of 1 / counts\n", acceptance, chi2,
              spread);
  EXPECT_GT(acceptance, 0.6);
  EXPECT_LT(std::abs(chi2 - 30.0) / std::sqrt(60.0), 5.0);
  // Of 2000 states in 30 cells, a tenth of them independent: .018; counts are off the truth by half a percent.
  EXPECT_NEAR(spread, 1.0, 5.0 * 0.018 + 0.005);
}

/// A posterior of a lognormal field with a linear likelihood is not a quadratic form: exact draws and the
/// preconditioner made of them are refused, with what to use instead.
TEST(Refusals, SayWhatToUse) {
  const auto posterior = [](const std::string& sampler) {
    return "domain: {shape: [6, 5]}\ntarget: {type: posterior, prior: {type: lognormal_field, spectrum: {type: matern, "
           "variance: 0.5}}, likelihoods: [{type: linear, data: {mock_seed: 4}, noise: {type: gaussian, std: "
           "0.4}}]}\nsampler: " +
           sampler + "\n";
  };
  EXPECT_NO_THROW(test::Sampling{posterior("mala")});
  EXPECT_THROW(test::Sampling{posterior("gaussian_exact")}, base::DeckError);
  try {
    test::Sampling s(posterior("{type: mala, preconditioner: fourier}"));
    FAIL();
  } catch (const base::DeckError& error) {
    EXPECT_NE(error.advice().find("preconditioner: prior"), std::string::npos) << error.advice();
  }
}

/// The same target, whether it is composed by the deck or by name.
TEST(Composition, IsThatOfAPosterior) {
  const std::string counts = "data: {mock_seed: 3}, mean_count: 3.0, selection: {border: 0.4, depth: 5.0}";
  const std::string spectrum = "spectrum: {type: matern, variance: 0.6}";
  const std::string domain = "domain: {shape: [6, 5]}\ntarget: ";
  test::Sampling by_name(domain + "{type: lognormal_poisson, " + spectrum + ", counts: {" + counts +
                         "}}\nsampler: mala\n");
  test::Sampling by_parts(domain + "{type: posterior, prior: {type: lognormal_field, " + spectrum +
                          "}, likelihoods: [{type: poisson_counts, " + counts + "}]}\nsampler: mala\n");
  auto a = by_name.chain(1);
  auto b = by_parts.chain(1);
  for (int step = 0; step < 5; ++step) {
    EXPECT_EQ(a->energy.value(), b->energy.value());
    by_name.sampler->step(*a);
    by_parts.sampler->step(*b);
  }
}

}  // namespace
}  // namespace scorefield
