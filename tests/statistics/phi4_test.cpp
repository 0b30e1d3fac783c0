/// phi^4 theory by every adjusted sampler against exact values (layer E): 64 independent chains, t_63 of their means.
/// The test phi4_long (nightly) has what takes long.
///
/// The exact values of 4 x 4 and 4 x 8 were computed by transfer matrix elsewhere; those of chains are computed here.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <numeric>
#include <tuple>
#include <vector>

#include "noise/normals.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield {
namespace {

constexpr int chains = 64;

/// Means over chains and t of the difference from the exact values.
struct Comparison {
  std::vector<double> t, relative_error;
};

/// `burn` steps of each chain are dropped, then `steps` are averaged; measure appends one value for each exact one.
template <class Measure>
Comparison compare(test::Sampling& s, int burn, int steps, const std::vector<double>& exact, const Measure& measure) {
  std::vector<double> sum(exact.size(), 0.0), squares(exact.size(), 0.0);
  for (int id = 0; id < chains; ++id) {
    auto chain = s.chain(id);
    for (int step = 0; step < burn; ++step) s.sampler->step(*chain);
    std::vector<double> mean(exact.size(), 0.0);
    for (int step = 0; step < steps; ++step) {
      s.sampler->step(*chain);
      s.sampler->settle(*chain);
      std::vector<double> values;
      measure(*chain, values);
      for (std::size_t i = 0; i < exact.size(); ++i) mean[i] += (values.at(i) - exact[i]) / steps;
    }
    for (std::size_t i = 0; i < exact.size(); ++i) {
      sum[i] += mean[i];
      squares[i] += mean[i] * mean[i];
    }
  }
  Comparison c;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double mean = sum[i] / chains;
    const double error = std::sqrt((squares[i] / chains - mean * mean) / (chains - 1));
    c.t.push_back(mean / error);
    c.relative_error.push_back(error / std::abs(exact[i]));
  }
  return c;
}

struct Torus {
  const char *shape, *target;
  std::vector<double> exact;  // <phi^2>, <phi^4>, <(sum phi)^2> / V, S / V
};

const std::vector<Torus>& tori() {
  static const std::vector<Torus> all{
      {"[4, 4]", "mass_squared: -1.0, coupling: 0.5", {0.331969468303, 0.265894313207, 1.759493889248, 0.367052843396}},
      {"[4, 4]", "mass_squared: -2.0, coupling: 0.5", {0.60757665495, 0.7106125797, 6.1726546779, 0.1446937101}},
      // The same theory in the convention of the flow papers: phi of theirs is phi / sqrt 2 of the table, S is the
      // same.
      {"[4, 4]",
       "convention: flow, mass_squared: -4.0, coupling: 6.975",
       {0.334783538159 / 2, 0.222835961734 / 4, 1.869945451030 / 2, 0.111429791726}},
      {"[4, 4]", "mass_squared: 1.0, coupling: 0.0", {0.2634920635, 0.2082842, 1.0, 0.5}},
      {"[4, 4]", "mass_squared: -4.0, coupling: 2.0", {0.295492428251, 0.177503441543, 1.367935130101, 0.144993116914}},
      {"[4, 8]", "mass_squared: -1.0, coupling: 0.5", {0.3211574586, 0.2514309576, 1.848152931, 0.374284521}}};
  return all;
}

struct Walk {
  const char* sampler;
  int steps;
};
void PrintTo(const Walk& walk, std::ostream* out) { *out << walk.sampler; }
class OnTorus : public ::testing::TestWithParam<std::tuple<Walk, int>> {};

/// The standard errors come out below 2 % of each value, so an error of 12 % is found with certainty.
TEST_P(OnTorus, AgreesWithTheTransferMatrix) {
  const auto& [walk, which] = GetParam();
  const Torus& torus = tori().at(static_cast<std::size_t>(which));
  test::Sampling s(std::string("run: {seed: 21, warmup: 300}\ndomain: {shape: ") + torus.shape +
                   "}\ntarget: {type: phi4, " + torus.target + "}\nsampler: " + walk.sampler + "\n");
  const auto sites = static_cast<double>(s.domain->lattice().sites());
  const Comparison c = compare(s, 300, walk.steps, torus.exact, [&](model::Chain& chain, std::vector<double>& values) {
    const grid::Field& x = chain.x.real();
    double sum = 0.0, second = 0.0, fourth = 0.0;
    for (std::int64_t i = 0; i < x.size(); ++i) {
      const double phi = x.data()[i];
      sum += phi;
      second += phi * phi;
      fourth += phi * phi * phi * phi;
    }
    values = {second / sites, fourth / sites, sum * sum / sites, chain.energy.value() / sites};
  });
  std::printf("%s, %s: t of phi^2, phi^4, chi, S %.2f %.2f %.2f %.2f\n", walk.sampler, torus.target, c.t[0], c.t[1],
              c.t[2], c.t[3]);
  for (std::size_t i = 0; i < c.t.size(); ++i) {
    EXPECT_LT(std::abs(c.t[i]), 6.0) << i;
    EXPECT_LT(c.relative_error[i], 0.02) << i << ": too few draws to tell";
  }
}

INSTANTIATE_TEST_SUITE_P(Phi4, OnTorus,
                         ::testing::Combine(::testing::Values(Walk{"{type: hmc, leapfrog_steps: 6}", 1500},
                                                              Walk{"nuts", 1500},
                                                              Walk{"{type: adjusted_mclmc, leapfrog_steps: 6}", 1500}),
                                            ::testing::Values(0, 1, 2, 3, 4, 5)));
INSTANTIATE_TEST_SUITE_P(Phi4Langevin, OnTorus,
                         ::testing::Combine(::testing::Values(Walk{"mala", 6000},
                                                              Walk{"{type: block_mala, block: 2}", 15000}),
                                            ::testing::Values(0, 2, 4)));

INSTANTIATE_TEST_SUITE_P(
    Phi4Learned, OnTorus,
    ::testing::Combine(::testing::Values(Walk{"{type: hmc, leapfrog_steps: 4, preconditioner: fourier_adapted}", 1500},
                                         Walk{"{type: nuts, preconditioner: diagonal}", 1500}),
                       ::testing::Values(0, 1)));

/// A periodic chain by its transfer matrix T(x, y) = exp(-1/2 (x - y)^2 - 1/2 V(x) - 1/2 V(y)), by quadrature on a
/// grid: exact to 1e-10.
class TransferMatrix {
 public:
  TransferMatrix(double mass_squared, double coupling) : matrix_(points * points) {
    const auto potential = [&](double x) { return 0.5 * mass_squared * x * x + coupling * x * x * x * x; };
    for (int i = 0; i < points; ++i) {
      for (int j = 0; j < points; ++j) {
        const double difference = at(i) - at(j);
        matrix_[i * points + j] =
            spacing * std::exp(-0.5 * difference * difference - 0.5 * potential(at(i)) - 0.5 * potential(at(j)));
      }
    }
  }

  /// <phi(0) phi(t)> of n sites for t = 0 .. n/2.
  [[nodiscard]] std::vector<double> correlators(int n) const {
    std::vector<Matrix> powers{Matrix(points * points, 0.0)};
    for (int i = 0; i < points; ++i) powers[0][i * points + i] = 1.0;
    for (int t = 1; t <= n; ++t) powers.push_back(multiply(powers.back(), matrix_));
    double partition = 0.0;
    for (int i = 0; i < points; ++i) partition += powers[n][i * points + i];
    std::vector<double> found;
    for (int t = 0; t <= n / 2; ++t) {
      double sum = 0.0;
      for (int i = 0; i < points; ++i)
        for (int j = 0; j < points; ++j)
          sum += at(i) * powers[t][i * points + j] * at(j) * powers[n - t][j * points + i];
      found.push_back(sum / partition);
    }
    return found;
  }

  /// Log of the ratio of the two largest eigenvalues, those of an even and an odd function.
  [[nodiscard]] double mass_gap() const {
    return std::log(largest_eigenvalue([](double) { return 1.0; }) / largest_eigenvalue([](double x) { return x; }));
  }

 private:
  using Matrix = std::vector<double>;
  static constexpr int points = 160;
  static constexpr double reach = 6.0;
  static constexpr double spacing = 2.0 * reach / (points - 1);
  static double at(int i) { return -reach + spacing * i; }
  static Matrix multiply(const Matrix& a, const Matrix& b) {
    Matrix c(points * points, 0.0);
    for (int i = 0; i < points; ++i)
      for (int k = 0; k < points; ++k)
        for (int j = 0; j < points; ++j) c[i * points + j] += a[i * points + k] * b[k * points + j];
    return c;
  }
  /// By power iteration among functions of the parity of `start`, which the matrix keeps.
  template <class Function>
  [[nodiscard]] double largest_eigenvalue(const Function& start) const {
    std::vector<double> v(points), next(points);
    for (int i = 0; i < points / 2; ++i) {
      v[i] = start(at(i));
      v[points - 1 - i] = start(-at(i));
    }
    double norm = 0.0;
    for (int iteration = 0; iteration < 300; ++iteration) {
      for (int i = 0; i < points; ++i) {
        next[i] = 0.0;
        for (int j = 0; j < points; ++j) next[i] += matrix_[i * points + j] * v[j];
      }
      norm = std::sqrt(std::inner_product(next.begin(), next.end(), next.begin(), 0.0));
      // Rounding breaks the parity, and what it lets in would grow: the upper half is written anew from the lower one.
      const double sign = start(1.0) == start(-1.0) ? 1.0 : -1.0;
      for (int i = 0; i < points / 2; ++i) {
        v[i] = next[i] / norm;
        v[points - 1 - i] = sign * v[i];
      }
    }
    return norm;
  }

  Matrix matrix_;
};

/// The published values pin the oracle itself.
TEST(Oracle, LongChain) {
  const TransferMatrix chain(-2.0, 0.25);
  EXPECT_NEAR(chain.correlators(64)[0], 1.330211073143, 1e-9);
  EXPECT_NEAR(chain.mass_gap(), 0.302047622616, 1e-9);
}

struct Chain {
  int sites;
  double mass_squared, coupling;
  const char* sampler;
  int steps;
};
void PrintTo(const Chain& chain, std::ostream* out) { *out << chain.sites << " sites, " << chain.sampler; }
class OnChain : public ::testing::TestWithParam<Chain> {};

/// Standard errors below half a percent of <phi^2>, so that an error of 3 % of it is found with certainty at any t.
TEST_P(OnChain, CorrelatorsAgreeWithTheTransferMatrix) {
  const Chain& p = GetParam();
  const std::vector<double> exact = TransferMatrix(p.mass_squared, p.coupling).correlators(p.sites);
  test::Sampling s("run: {seed: 22, warmup: 300}\ndomain: {shape: [" + std::to_string(p.sites) +
                   "]}\ntarget: {type: phi4, mass_squared: " + std::to_string(p.mass_squared) + ", coupling: " +
                   std::to_string(p.coupling) + "}\nsampler: " + p.sampler + "\nobservables: [correlation]\n");
  const auto correlation = s.components.observables.build(s.deck.options.observables.at(0), {*s.domain, *s.target});
  const Comparison c = compare(s, 300, p.steps, exact, [&](model::Chain& chain, std::vector<double>& values) {
    correlation->measure(chain, values);
  });
  double worst = 0.0;
  for (std::size_t t = 0; t < exact.size(); ++t) {
    worst = std::max(worst, std::abs(c.t[t]));
    EXPECT_LT(std::abs(c.t[t]), 6.0) << t;
    EXPECT_LT(c.relative_error[t] * exact[t], 0.005 * exact[0]) << t;
  }
  std::printf("%d sites, %s: C(0) = %.6f, t %.2f; largest |t| of %zu distances %.2f\n", p.sites, p.sampler, exact[0],
              c.t[0], exact.size(), worst);
}

INSTANTIATE_TEST_SUITE_P(Phi4, OnChain,
                         ::testing::Values(Chain{8, -1.0, 0.5, "{type: hmc, leapfrog_steps: 6}", 9000},
                                           Chain{16, -1.0, 0.5, "{type: hmc, leapfrog_steps: 6}", 6000},
                                           Chain{64, -2.0, 0.25, "{type: hmc, leapfrog_steps: 10}", 3000}));
INSTANTIATE_TEST_SUITE_P(Phi4Long, OnChain,
                         ::testing::Values(Chain{64, -2.0, 0.25, "{type: block_mala, block: 4}", 9000},
                                           Chain{64, -2.0, 0.25, "{type: mala}", 25000}));

/// Modes of a free field, those of the half spectrum in the order in which they are stored.
struct FreeModes {
  std::vector<double> variance;  // V / (khat^2 + m2)
  std::vector<std::size_t> bin;  // of the mode's wave number, by the integer nearest to n k / 2 pi
  std::vector<double> per_bin;   // modes in each bin

  FreeModes(const grid::Domain& domain, double mass_squared) {
    const grid::Lattice& lattice = domain.lattice();
    const grid::Box& box = domain.spectral_box();
    const auto hat = [&](int axis, std::int64_t i) {
      return 2.0 * std::sin(std::numbers::pi * static_cast<double>(i) / static_cast<double>(lattice.n()[axis]));
    };
    for (std::int64_t y = 0; y < box.hi[1]; ++y) {
      for (std::int64_t kx = 0; kx < box.hi[2]; ++kx) {
        for (std::int64_t z = 0; z < lattice.n()[0]; ++z) {
          const double k2 = hat(0, z) * hat(0, z) + hat(1, y) * hat(1, y) + hat(2, kx) * hat(2, kx);
          variance.push_back(static_cast<double>(lattice.sites()) / (k2 + mass_squared));
          const auto my = static_cast<double>(lattice.mode(1, y));
          const auto mz = static_cast<double>(lattice.mode(0, z));
          bin.push_back(static_cast<std::size_t>(std::lround(std::hypot(static_cast<double>(kx), my, mz))));
          if (bin.back() >= per_bin.size()) per_bin.resize(bin.back() + 1, 0.0);
          per_bin[bin.back()] += 1.0;
        }
      }
    }
  }
};

struct FreeField {
  const char *shape, *sampler;
  int burn, steps;
  double error;  ///< at most so much of a mode's variance
};
void PrintTo(const FreeField& free, std::ostream* out) { *out << free.shape; }
class OnFreeField : public ::testing::TestWithParam<FreeField> {};

/// Every mode, and every bin of wave numbers by the average over its modes of |phi_k|^2 in units of its variance.
TEST_P(OnFreeField, EveryModeAndBinHasItsVariance) {
  const FreeField& p = GetParam();
  test::Sampling s(std::string("run: {seed: 23, warmup: ") + std::to_string(p.burn) + "}\ndomain: {shape: " + p.shape +
                   "}\ntarget: {type: phi4, mass_squared: 0.5, coupling: 0.0}\nsampler: " + p.sampler + "\n");
  const FreeModes modes(*s.domain, 0.5);
  const std::size_t count = modes.variance.size();
  const std::vector<double> exact(count + modes.per_bin.size(), 1.0);
  const Comparison c = compare(s, p.burn, p.steps, exact, [&](model::Chain& chain, std::vector<double>& values) {
    const grid::SpectralField& field = chain.x.fourier();
    values.assign(exact.size(), 0.0);
    for (std::size_t i = 0; i < count; ++i) {
      const base::Complex a = field.data()[i];
      values[i] = (a.real() * a.real() + a.imag() * a.imag()) / modes.variance[i];
      values[count + modes.bin[i]] += values[i] / modes.per_bin[modes.bin[i]];
    }
  });
  double worst_mode = 0.0;
  double worst_bin = 0.0;
  double widest = 0.0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    double& worst = i < count ? worst_mode : worst_bin;
    worst = std::max(worst, std::abs(c.t[i]));
    const double members = i < count ? 1.0 : modes.per_bin[i - count];
    widest = std::max(widest, c.relative_error[i] * std::sqrt(members));
  }
  std::printf("free field %s: largest |t| of %zu modes %.2f, of %zu bins %.2f; largest error %.3f\n", p.shape, count,
              worst_mode, modes.per_bin.size(), worst_bin, widest);
  EXPECT_LT(worst_mode, 6.0);
  EXPECT_LT(worst_bin, 6.0);
  EXPECT_LT(widest, p.error) << "too few draws to tell";
}

// No two axes alike.
INSTANTIATE_TEST_SUITE_P(Phi4, OnFreeField,
                         ::testing::Values(FreeField{"[6, 5, 4]", "{type: hmc, leapfrog_steps: 8}", 200, 1000, 0.03}));
INSTANTIATE_TEST_SUITE_P(Phi4Long, OnFreeField,
                         ::testing::Values(FreeField{"[32, 32, 32]", "{type: hmc, leapfrog_steps: 20}", 60, 50, 0.1}));

}  // namespace
}  // namespace scorefield
