/// Lognormal fields: moments and spectra of exact draws, the density of the field itself against a change of variables,
/// and adjusted samplers in its coordinates, whose law is far from Gaussian and ends at -1 (layer B).

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "base/errors.hpp"
#include "reduce/rows.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield {
namespace {

using test::Average;

std::string lognormal(const std::string& shape, const std::string& options, const std::string& sampler) {
  return "run: {seed: 17}\ndomain: {shape: " + shape + "}\ntarget: {type: lognormal_field, " + options +
         "}\nsampler: " + sampler + "\n";
}
constexpr const char* rough = "spectrum: {type: matern, variance: 0.8, correlation_length: 2.0, smoothness: 0.5}";
/// Nearly a Gaussian correlation: the Gaussian field would need negative power at small scales.
constexpr const char* smooth = "spectrum: {type: matern, variance: 2.0, correlation_length: 2.5, smoothness: 20.0}";

/// Variance that the target's spectrum gives to the cells: sum_k P(k) / V.
double spectrum_variance(const test::Sampling& s) {
  const grid::Lattice& lattice = s.domain->lattice();
  const auto power = s.target->prior_power();
  double sum = 0.0;
  for (std::int64_t z = 0; z < lattice.n()[0]; ++z) {
    for (std::int64_t y = 0; y < lattice.n()[1]; ++y) {
      for (std::int64_t x = 0; x < lattice.n()[2]; ++x) {
        sum += power(std::hypot(lattice.wavenumber(0, z), lattice.wavenumber(1, y), lattice.wavenumber(2, x)));
      }
    }
  }
  return sum / lattice.volume();
}

/// A chain with its physical field.
std::unique_ptr<model::Chain> draw(test::Sampling& s, int id) {
  auto chain = s.chain(id);
  if (s.target->is_transformed()) {
    chain->physical.emplace(*s.domain, "density");
    s.target->physical(chain->x, *chain->physical);
  }
  return chain;
}

std::unique_ptr<model::Observable> power_spectrum(test::Sampling& s) {
  deck::Problems problems;
  deck::ParseContext parse{s.components.catalogue, ".", problems};
  return s.components.observables.build(
      deck::parse_component(deck::Node::of("power_spectrum"), "observable", parse, "observables"),
      {*s.domain, *s.target});
}

class Draws : public ::testing::TestWithParam<const char*> {};

/// 2,000 exact draws, one value of each moment from each: scatter among them is the error. In each shell the power is
/// that of the spectrum to 1 % or better, the variance xi(0), the third moment (3 + xi(0)) xi(0)^2, and ln(1 + delta)
/// is normal around -s^2/2 with s^2 = ln(1 + xi(0)).
TEST_P(Draws, HaveTheSpectrumAndTheMoments) {
  test::Sampling s(lognormal(GetParam(), rough, "mala"));
  ASSERT_TRUE(s.target->remarks().empty());
  const double xi = spectrum_variance(s);
  const double s2 = std::log1p(xi);
  const auto spectrum = power_spectrum(s);
  const std::vector<double> expected = spectrum->bins().back().values;
  std::vector<Average> shells(expected.size());
  const std::vector<double> exact{0.0, xi, (3.0 + xi) * xi * xi, -0.5 * s2, s2, 0.0, 3.0 * s2 * s2};
  std::vector<Average> moments(exact.size());
  for (int id = 0; id < 2000; ++id) {
    const auto chain = draw(s, id);
    std::vector<double> power;
    spectrum->measure(*chain, power);
    for (std::size_t b = 0; b < power.size(); ++b) shells[b].add(power[b]);
    std::vector<double> sums(exact.size(), 0.0);
    const grid::Field& delta = chain->field().real();
    for (std::int64_t i = 0; i < delta.size(); ++i) {
      const double d = delta.data()[i];
      const double log = std::log1p(d);
      const double g = log + 0.5 * s2;
      const std::vector<double> terms{d, d * d, d * d * d, log, g * g, g * g * g, g * g * g * g};
      for (std::size_t m = 0; m < terms.size(); ++m) sums[m] += terms[m] / static_cast<double>(delta.size());
    }
    for (std::size_t m = 0; m < sums.size(); ++m) moments[m].add(sums[m]);
  }
  for (std::size_t b = 0; b < shells.size(); ++b) EXPECT_LT(std::abs(shells[b].z(expected[b])), 5.0) << "shell " << b;
  for (std::size_t m = 0; m < exact.size(); ++m) EXPECT_LT(std::abs(moments[m].z(exact[m])), 5.0) << "moment " << m;
  std::printf("%s: z of variance %.2f, of third moment %.2f, of variance of ln(1 + delta) %.2f\n", GetParam(),
              moments[1].z(exact[1]), moments[2].z(exact[2]), moments[4].z(exact[4]));
}

INSTANTIATE_TEST_SUITE_P(Lattices, Draws, ::testing::Values("[16, 12]", "[8, 9, 6]"));

/// The variance is the shift's square times that of a density contrast of the scaled spectrum.
TEST(Lognormal, ShiftIsTheLowerBound) {
  test::Sampling s(lognormal(
      "[8, 8]", "shift: 0.1, spectrum: {type: matern, variance: 0.008, correlation_length: 2.0, smoothness: 0.5}",
      "mala"));
  const double xi = spectrum_variance(s);
  Average square, third;
  for (int id = 0; id < 4000; ++id) {
    const auto chain = draw(s, id);
    const double d = chain->field().real().data()[0];
    EXPECT_GT(d, -0.1);
    square.add(d * d);
    third.add(d * d * d);
  }
  EXPECT_LT(std::abs(square.z(xi)), 5.0);
  EXPECT_LT(std::abs(third.z((3.0 + xi / 0.01) * xi * xi / 0.1)), 5.0);
}

/// Modes that cannot be had are held at zero, counted in a remark, and left out of the variance that the mean of the
/// density is kept at zero by.
TEST(Lognormal, ClippedModesAreSaid) {
  test::Sampling s(lognormal("[12, 12]", smooth, "mala"));
  ASSERT_EQ(s.target->remarks().size(), 1U);
  EXPECT_NE(s.target->remarks()[0].find("held at zero"), std::string::npos);
  EXPECT_LT(s.target->degrees_of_freedom(), 144.0);
  Average mean;
  for (int id = 0; id < 4000; ++id) mean.add(reduce::sum(*s.domain, draw(s, id)->field().real()).value());
  EXPECT_LT(std::abs(mean.z(0.0)), 5.0);
  EXPECT_THROW(test::Sampling(lognormal("[12, 12]", std::string("coordinates: density, ") + smooth, "mala")),
               base::DeckError);
}

/// A spectrum without power at k = 0: no lognormal field has it, but all other modes have theirs, and remarks say that
/// the mean varies. With that mean held, every shell would be 10 % too high: z of 50 and more.
TEST(Lognormal, SpectraWithoutAMeanAreThoseOfTheOtherModes) {
  test::Sampling s(lognormal("[64]", "spectrum: {type: power_law, amplitude: 0.2, slope: -2.0}", "mala"));
  ASSERT_EQ(s.target->remarks().size(), 1U);
  EXPECT_NE(s.target->remarks()[0].find("mean"), std::string::npos);
  EXPECT_EQ(s.target->degrees_of_freedom(), 63.0);
  const auto spectrum = power_spectrum(s);
  const std::vector<double> expected = spectrum->bins().back().values;
  std::vector<Average> shells(expected.size());
  Average mean;
  for (int id = 0; id < 40000; ++id) {
    const auto chain = draw(s, id);
    std::vector<double> power;
    spectrum->measure(*chain, power);
    for (std::size_t b = 0; b < power.size(); ++b) shells[b].add(power[b]);
    mean.add(reduce::sum(*s.domain, chain->field().real()).value());
  }
  double worst = 0.0;
  for (std::size_t b = 0; b < shells.size(); ++b) worst = std::max(worst, std::abs(shells[b].z(expected[b])));
  std::printf("largest |z| of %zu shells %.2f, z of the mean %.2f\n", shells.size(), worst, mean.z(0.0));
  EXPECT_LT(worst, 5.0);
  EXPECT_LT(std::abs(mean.z(0.0)), 5.0);
}

TEST(LognormalDensity, IsItsOwnPhysicalField) {
  test::Sampling s(lognormal("[4, 4]", std::string("coordinates: density, ") + rough, "mala"));
  auto chain = s.chain(0);
  model::DualField out(*s.domain, "physical");
  s.target->physical(chain->x, out);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(out.real().data()[i], chain->x.real().data()[i]);
}

TEST(Lognormal, SpectraThatNoLognormalHasAreRefused) {
  // The correlation of a single shell of waves swings to -variance.
  EXPECT_THROW(test::Sampling(lognormal("[16]", "spectrum: {type: power_law, amplitude: 100.0, slope: -9.0}", "mala")),
               base::DeckError);
}

/// log |det dx/du| of a map of n numbers, by central differences and elimination.
template <class Map>
double log_determinant(const Map& map, const std::vector<double>& u) {
  const std::size_t n = u.size();
  std::vector<std::vector<double>> columns;
  for (std::size_t j = 0; j < n; ++j) {
    constexpr double step = 1e-5;
    std::vector<double> above = u;
    std::vector<double> below = u;
    above[j] += step;
    below[j] -= step;
    columns.push_back(map(above));
    const std::vector<double> other = map(below);
    for (std::size_t i = 0; i < n; ++i) columns[j][i] = (columns[j][i] - other[i]) / (2.0 * step);
  }
  double log = 0.0;
  for (std::size_t j = 0; j < n; ++j) {
    log += std::log(std::abs(columns[j][j]));
    for (std::size_t k = j + 1; k < n; ++k) {
      const double factor = columns[k][j] / columns[j][j];
      for (std::size_t i = j; i < n; ++i) columns[k][i] -= factor * columns[j][i];
    }
  }
  return log;
}

/// E(delta) = E(g) + log |det d delta / dg| + const, and its gradient.
TEST(LognormalDensity, IsTheGaussianByChangeOfVariables) {
  test::Sampling by_g(lognormal("[2, 3]", rough, "mala"));
  test::Sampling by_delta(lognormal("[2, 3]", std::string("coordinates: density, ") + rough, "mala"));
  model::DualField x(*by_g.domain, "g"), field(*by_g.domain, "delta");
  const auto set = [](model::DualField& to, const std::vector<double>& values) -> model::DualField& {
    std::copy(values.begin(), values.end(), to.set_real().data());
    return to;
  };
  const auto density = [&](const std::vector<double>& u) {
    by_g.target->physical(set(x, u), field);
    return std::vector<double>(field.real().data(), field.real().data() + u.size());
  };
  const auto constant = [&](const std::vector<double>& u) {
    const double gaussian = by_g.target->evaluate(set(x, u), nullptr).value();
    const double own = by_delta.target->evaluate(set(field, density(u)), nullptr).value();
    return own - gaussian - log_determinant(density, u);
  };
  const double first = constant({0.1, -0.4, 0.9, 0.3, -1.2, 0.0});
  EXPECT_NEAR(constant({-0.7, 0.2, 0.5, -0.3, 2.0, 1.1}), first, 1e-7);
  EXPECT_NEAR(constant({1.4, 0.2, -2.5, 0.3, 0.0, -0.6}), first, 1e-7);

  const std::vector<double> at = density({1.4, 0.2, -2.5, 0.3, 0.0, -0.6});
  model::DualSum gradient(*by_g.domain, "gradient");
  by_delta.target->evaluate(set(field, at), &gradient);
  const double* g = gradient.real().data();
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double step = 1e-5 * (1.0 + at[i]);
    const auto shifted = [&](double by) {
      std::vector<double> values = at;
      values[i] += by;
      return by_delta.target->evaluate(set(field, values), nullptr);
    };
    const double slope = (shifted(step) - shifted(-step)).value() / (2.0 * step);
    EXPECT_NEAR(slope, g[i], 1e-6 * (1.0 + std::abs(g[i]))) << "cell " << i;
  }
}

TEST(LognormalDensity, EndsAtMinusOne) {
  test::Sampling s(lognormal("[4, 4]", std::string("coordinates: density, ") + rough, "mala"));
  model::DualField x(*s.domain, "delta");
  const grid::Field& cells = x.set_real();
  cells.fill(0.5);
  cells.data()[5] = -1.0;
  EXPECT_EQ(s.target->evaluate(x, nullptr).value(), std::numeric_limits<double>::infinity());
}

struct Law {
  const char* sampler;
  double least_acceptance, most_acceptance;
};
void PrintTo(const Law& law, std::ostream* out) { *out << law.sampler; }
class OnLognormal : public ::testing::TestWithParam<Law> {};

/// 20,000 exact draws of the density, 8 steps each: an exact draw stays one. E[(1 + delta) . dE/d delta] is the number
/// of cells. A change of 5 % of a variance shows.
TEST_P(OnLognormal, ExactDrawsStayExact) {
  test::Sampling s(lognormal("[4, 4]",
                             "coordinates: density, spectrum: {type: matern, variance: 0.5, correlation_length: 0.6, "
                             "smoothness: 1.0}",
                             GetParam().sampler));
  std::vector<Average> change(6);
  Average virial;
  double acceptance = 0.0;
  double moved = 0.0;
  constexpr int replicates = 20000;
  constexpr int steps = 8;
  model::DualSum slope(*s.domain, "slope");
  for (int id = 0; id < replicates; ++id) {
    auto chain = s.chain(id);
    const auto figures = [&] {
      const double* x = chain->x.real().data();
      return std::vector<double>{x[0],        x[0] * x[0],          std::log1p(x[0]), std::pow(std::log1p(x[5]), 2),
                                 x[0] * x[1], chain->energy.value()};
    };
    const std::vector<double> before = figures();
    for (int step = 0; step < steps; ++step) {
      s.sampler->step(*chain);
      acceptance += chain->acceptance / (double{replicates} * steps);
    }
    const std::vector<double> after = figures();
    for (std::size_t i = 0; i < after.size(); ++i) change[i].add(after[i] - before[i]);
    moved += std::abs(after[5] - before[5]) / replicates;
    slope.clear();
    s.target->evaluate(chain->x, &slope);
    double work = 0.0;
    const double* x = chain->x.real().data();
    const double* g = slope.real().data();
    for (int i = 0; i < 16; ++i) work += (1.0 + x[i]) * g[i];
    virial.add(work);
  }
  double worst = std::abs(virial.z(16.0));
  for (const Average& c : change) worst = std::max(worst, std::abs(c.z(0.0)));
  std::printf("%s: acceptance %.3f, largest |z| %.2f (virial %.2f)\n", GetParam().sampler, acceptance, worst,
              virial.z(16.0));
  EXPECT_LT(worst, 5.0);
  EXPECT_GT(moved, 0.1);
  EXPECT_GE(acceptance, GetParam().least_acceptance);
  EXPECT_LE(acceptance, GetParam().most_acceptance);
}

INSTANTIATE_TEST_SUITE_P(Samplers, OnLognormal,
                         ::testing::Values(Law{"{type: mala, step_size: 0.01}", 0.6, 0.85},
                                           Law{"{type: hmc, step_size: 0.1, leapfrog_steps: 5}", 0.6, 0.85},
                                           Law{"{type: nuts, step_size: 0.09}", 0.6, 0.9},
                                           Law{"{type: adjusted_mclmc, step_size: 0.4, leapfrog_steps: 4}", 0.6, 0.9},
                                           Law{"{type: random_walk, step_size: 0.04}", 0.6, 0.85}));

}  // namespace
}  // namespace scorefield
