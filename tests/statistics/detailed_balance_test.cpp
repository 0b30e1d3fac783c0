/// Exactness of ula and mala on lattices of 4 x 4 cells, against dense matrices: detailed balance of each accept test,
/// invariance of the exact law, and the acceptance and the bias that are known in closed form.

#include <gtest/gtest.h>

#include <cstdio>

#include "noise/normals.hpp"
#include "samplers/langevin/langevin.hpp"
#include "support/builder.hpp"
#include "support/dense_gaussian.hpp"
#include "support/exact_laws.hpp"
#include "support/fields.hpp"

namespace scorefield {
namespace {

constexpr const char* masked =
    "{type: posterior, prior: {type: gaussian_field, spectrum: {type: matern, correlation_length: 1.5}}, likelihoods: "
    "[{type: linear, data: {mock_seed: 5}, operators: [{type: mask, border: 0.5}], noise: {type: gaussian, std: "
    "0.3}}]}";
constexpr const char* white =
    "{type: gaussian_field, spectrum: {type: power_law, amplitude: 1.0, slope: 0.0, pivot: 1.0}}";

struct Lab {
  explicit Lab(const char* text) : target(builder.target(text, domain)) {}
  grid::Domain domain = test::make_domain({4, 4}, base::Comm::self());
  test::Builder builder;
  std::unique_ptr<model::Target> target;

  [[nodiscard]] std::vector<double> normals(std::uint64_t step) const {
    const grid::Field xi(domain, "xi");
    noise::fill_white(domain, {.seed = 99, .step = step}, xi);
    return {xi.data(), xi.data() + xi.size()};
  }
  static void set(model::Sampler& sampler, model::Chain& chain, const std::vector<double>& x) {
    std::copy(x.begin(), x.end(), chain.x.set_real().data());
    chain.step = 0;
    sampler.refresh(chain);
  }
};

std::vector<double> values(model::Chain& chain) {
  const grid::Field& x = chain.x.real();
  return {x.data(), x.data() + x.size()};
}

// Layer A. The proposal of ula is affine in white noise: 17 proposals from one point give its mean and its Jacobian B,
// hence q(x, .) = N(mean, B B^T), without a formula of the sampler's. Mala's acceptance must be that of Metropolis and
// Hastings for this q, both ways: pi(x) q(x,y) a(x,y) = min(pi(x) q(x,y), pi(y) q(y,x)), symmetric in x and y.
TEST(Langevin, MalaIsInDetailedBalance) {
  Lab lab(masked);
  const test::DenseGaussian law = test::dense_gaussian(lab.domain, *lab.target->linear_gaussian());
  const int d = 16;
  for (const char* preconditioner : {"none", "fourier"}) {
    const std::string step = std::string(preconditioner) == "none" ? "0.05" : "0.4";
    const std::string options = ", step_size: " + step + ", preconditioner: " + preconditioner + "}";
    const auto ula = lab.builder.sampler("{type: ula" + options, lab.domain, *lab.target, 5);
    const auto mala = lab.builder.sampler("{type: mala" + options, lab.domain, *lab.target, 5);
    const auto noise_of = [&](std::int64_t id) {
      grid::SpectralField z(lab.domain, "z");
      grid::Field xi(lab.domain, "xi");
      noise::fill_white(lab.domain, {.seed = 5, .purpose = noise::Purpose::proposal, .chain = std::uint32_t(id)}, z);
      grid::backward(lab.domain, z, xi);
      std::vector<double> w(xi.data(), xi.data() + d);
      for (double& v : w) v *= std::sqrt(double(d));  // N of sites
      return w;
    };
    const auto propose = [&](std::int64_t id, const std::vector<double>& x) {
      const auto chain = ula->make_chain(id);
      Lab::set(*ula, *chain, x);
      ula->step(*chain);
      return values(*chain);
    };
    // log q(x, y): solves for mean and B from proposals of the chains 1000 .. 1000 + d.
    const auto log_q = [&](const std::vector<double>& x, const std::vector<double>& y) {
      const int unknowns = d + 1;
      test::Matrix a(unknowns), rhs(unknowns);
      for (int s = 0; s < unknowns; ++s) {
        const auto xi = noise_of(1000 + s);
        const auto to = propose(1000 + s, x);
        a(s, 0) = 1.0;
        for (int i = 0; i < d; ++i) a(s, 1 + i) = xi[i];
        for (int i = 0; i < d; ++i) rhs(s, i) = to[i];
      }
      std::vector<lapack_int> pivots(unknowns);
      EXPECT_EQ(
          LAPACKE_dgesv(LAPACK_COL_MAJOR, unknowns, d, a.a.data(), unknowns, pivots.data(), rhs.a.data(), unknowns), 0);
      test::Matrix covariance(d);
      for (int i = 0; i < d; ++i)
        for (int j = 0; j < d; ++j)
          for (int k = 1; k < unknowns; ++k) covariance(i, j) += rhs(k, i) * rhs(k, j);
      const test::Matrix factor = test::cholesky(covariance);
      std::vector<double> r(d);
      double log_density = 0.0;
      for (int i = 0; i < d; ++i) {  // forward substitution
        r[i] = y[i] - rhs(0, i);
        for (int j = 0; j < i; ++j) r[i] -= factor(i, j) * r[j];
        r[i] /= factor(i, i);
        log_density -= 0.5 * r[i] * r[i] + std::log(factor(i, i));
      }
      return log_density;
    };
    const auto log_pi = [&](const std::vector<double>& x) {
      double sum = 0.0;
      for (const double w : law.whiten(x.data())) sum -= 0.5 * w * w;
      return sum;
    };
    int moved = 0;
    int below_one = 0;
    for (std::int64_t pair = 0; pair < 40; ++pair) {
      const std::vector<double> x = law.colour(lab.normals(static_cast<std::uint64_t>(pair)));
      const std::vector<double> y = propose(pair, x);
      const auto chain = mala->make_chain(pair);
      Lab::set(*mala, *chain, x);
      mala->step(*chain);
      const double log_ratio = log_pi(y) + log_q(y, x) - log_pi(x) - log_q(x, y);
      EXPECT_NEAR(chain->acceptance, std::min(1.0, std::exp(log_ratio)), 1e-8);
      below_one += chain->acceptance < 0.99;
      const std::vector<double> now = values(*chain);
      double to_x = 0.0;
      double to_y = 0.0;
      for (int i = 0; i < d; ++i) {
        to_x = std::max(to_x, std::abs(now[i] - x[i]));
        to_y = std::max(to_y, std::abs(now[i] - y[i]));
      }
      EXPECT_LT(std::min(to_x, to_y), 1e-12);  // it stays or takes the proposal, nothing else
      moved += to_y < 1e-12;
    }
    EXPECT_GT(below_one, 5);
    EXPECT_GT(moved, 5);
  }
}

/// Largest |z| of moments 1..4, energy, Stein identity and cross moments of whitened states that should be N(0, 1)^d,
/// and DKW statistics against their 1e-6 bound.
struct Invariance {
  explicit Invariance(std::vector<double> centre) : sums(centre.size() * 4, 0.0), mean(std::move(centre)) {}
  void add(const std::vector<double>& w) {
    const std::size_t d = w.size();
    double square = 0.0;
    double stein = 0.0;
    for (std::size_t i = 0; i < d; ++i) {
      double power = 1.0;
      for (std::size_t p = 0; p < 4; ++p) sums[4 * i + p] += power *= w[i];
      square += w[i] * w[i];
      stein += (w[i] + mean[i]) * w[i];
      cross += w[i] * w[(i + 1) % d];
    }
    energy += square;
    virial += stein;
    first.push_back(w[0]);
    ++count;
  }
  [[nodiscard]] double worst() {
    const double n = static_cast<double>(count);
    const double d = static_cast<double>(mean.size());
    constexpr double expected[] = {0.0, 1.0, 0.0, 3.0};
    constexpr double variance[] = {1.0, 2.0, 15.0, 96.0};
    double z = 0.0;
    for (std::size_t i = 0; i < sums.size(); ++i)
      z = std::max(z, std::abs(sums[i] - n * expected[i % 4]) / std::sqrt(n * variance[i % 4]));
    double centre2 = 0.0;
    for (const double m : mean) centre2 += m * m;
    z = std::max(z, std::abs(energy - n * d) / std::sqrt(2.0 * n * d));
    z = std::max(z, std::abs(virial - n * d) / std::sqrt(n * (2.0 * d + centre2)));
    return std::max(z, std::abs(cross) / std::sqrt(n * d));
  }
  [[nodiscard]] double dkw() {
    std::sort(first.begin(), first.end());
    const double n = static_cast<double>(first.size());
    double distance = 0.0;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const double cdf = 0.5 * std::erfc(-first[i] / std::sqrt(2.0));
      distance = std::max({distance, std::abs(cdf - double(i) / n), std::abs(cdf - double(i + 1) / n)});
    }
    return distance / std::sqrt(std::log(2e6) / (2.0 * n));
  }
  std::vector<double> sums, mean, first;
  double energy = 0.0, virial = 0.0, cross = 0.0;
  std::int64_t count = 0;
};

// Layer B. Exact draws stay exact draws. Power with N = 20,000: a variance wrong by 10 % in one direction gives z = 10,
// by 2.5 % in all 16 gives z = 10 in the energy.
TEST(Langevin, MalaKeepsTheExactLaw) {
  Lab lab(masked);
  const test::DenseGaussian law = test::dense_gaussian(lab.domain, *lab.target->linear_gaussian());
  const std::vector<double> zero(16, 0.0);
  std::vector<double> centre = law.whiten(zero.data());
  for (double& c : centre) c = -c;
  for (const char* options : {"step_size: 0.3, preconditioner: fourier", "step_size: 0.02, preconditioner: none"}) {
    const auto mala = lab.builder.sampler(std::string("{type: mala, ") + options + "}", lab.domain, *lab.target, 13);
    Invariance invariance(centre);
    double acceptance = 0.0;
    constexpr int replicates = 20000;
    constexpr int steps = 8;
    const auto chain = mala->make_chain(0);
    for (int r = 0; r < replicates; ++r) {
      chain->id = r;
      Lab::set(*mala, *chain, law.colour(lab.normals(static_cast<std::uint64_t>(r))));
      for (int k = 0; k < steps; ++k) {
        mala->step(*chain);
        acceptance += chain->acceptance / (double(replicates) * steps);
      }
      invariance.add(law.whiten(values(*chain).data()));
    }
    const double z = invariance.worst();
    const double dkw = invariance.dkw();
    std::printf("%s: acceptance %.3f, max|z| %.2f, DKW / bound %.2f\n", options, acceptance, z, dkw);
    EXPECT_LT(z, 5.0);
    EXPECT_LT(dkw, 1.0);
    EXPECT_GT(acceptance, 0.6);  // else the test says little (all accepted) or moves little
    EXPECT_LT(acceptance, 0.85);
  }
}

// Layer D. Power: N = 20,000 acceptances of standard deviation < 0.3 find an error of 0.011 at z = 5.
TEST(Langevin, MalaAcceptsAsOftenAsItMust) {
  EXPECT_NEAR(test::mala_acceptance(4, 0.5), 0.814902011459, 1e-11);
  EXPECT_NEAR(test::mala_acceptance(32, 0.5), 0.484618029959, 1e-11);
  Lab lab(white);  // 15 free modes of unit variance: the mean is held at zero
  for (const double h : {0.3, 0.5, 0.8}) {
    const auto mala = lab.builder.sampler("{type: mala, preconditioner: none, step_size: " + std::to_string(h) + "}",
                                          lab.domain, *lab.target, 17);
    double sum = 0.0;
    double squares = 0.0;
    constexpr int replicates = 20000;
    const auto chain = mala->make_chain(0);
    for (int r = 0; r < replicates; ++r) {
      chain->id = r;
      std::vector<double> x = lab.normals(static_cast<std::uint64_t>(r));
      double mean = 0.0;
      for (const double v : x) mean += v / 16.0;
      for (double& v : x) v -= mean;
      Lab::set(*mala, *chain, x);
      mala->step(*chain);
      sum += chain->acceptance;
      squares += chain->acceptance * chain->acceptance;
    }
    const double mean = sum / replicates;
    const double z =
        (mean - test::mala_acceptance(15, h)) / std::sqrt((squares / replicates - mean * mean) / replicates);
    std::printf("h %.1f: acceptance %.4f, exact %.4f, z %.2f\n", h, mean, test::mala_acceptance(15, h), z);
    EXPECT_LT(std::abs(z), 5.0);
  }
}

// ULA of step h on N(0, 1) keeps N(0, 1 / (1 - h / 2)). Power: 15 x 20,000 values find 1.3 % of the variance at z = 5;
// without its bias the variance would be off by 20 % at h = 0.4.
TEST(Langevin, UlaHasItsKnownBias) {
  Lab lab(white);
  constexpr double h = 0.4;
  const auto ula =
      lab.builder.sampler("{type: ula, preconditioner: none, step_size: 0.4}", lab.domain, *lab.target, 19);
  constexpr int replicates = 20000;
  const double scale = 1.0 / std::sqrt(1.0 - 0.5 * h);
  double squares = 0.0;
  double lagged = 0.0;
  const auto chain = ula->make_chain(0);
  for (int r = 0; r < replicates; ++r) {
    chain->id = r;
    std::vector<double> x = lab.normals(static_cast<std::uint64_t>(r));
    double mean = 0.0;
    for (const double v : x) mean += v / 16.0;
    for (double& v : x) v = scale * (v - mean);
    Lab::set(*ula, *chain, x);
    for (int k = 0; k < 8; ++k) {
      const std::vector<double> before = values(*chain);
      ula->step(*chain);
      if (k == 7)
        for (std::size_t i = 0; i < 16; ++i) lagged += before[i] * chain->x.real().data()[i] / (scale * scale);
    }
    for (const double v : values(*chain)) squares += v * v / (scale * scale);
  }
  const double n = 15.0 * replicates;
  const double rho = 1.0 - h;  // AR(1)
  const double z = (squares - n) / std::sqrt(2.0 * n);
  const double z_lag = (lagged - n * rho) / std::sqrt(n * (1.0 + rho * rho));
  std::printf("ula: variance z %.2f, lag-1 z %.2f\n", z, z_lag);
  EXPECT_LT(std::abs(z), 5.0);
  EXPECT_LT(std::abs(z_lag), 5.0);
}

}  // namespace
}  // namespace scorefield
