/// A masked lensing problem of 16 x 16 cells, solved a second time with dense matrices that are written down from the
/// definitions: the Matern covariance and the shear as sums over wavevectors, no FFT.

#include <gtest/gtest.h>

#include <numbers>

#include "model/preconditioner.hpp"
#include "samplers/exact/gaussian_exact.hpp"
#include "samplers/exact/petsc_wiener.hpp"
#include "support/builder.hpp"
#include "support/dense_gaussian.hpp"
#include "support/fields.hpp"

namespace scorefield {
namespace {

constexpr int n = 16;
constexpr int sites = n * n;

/// sum_k D(k) cos or sin (k . (r_i - r_j)) / N for an even D.
template <class Diagonal>
test::Matrix convolution(const Diagonal& diagonal) {
  test::Matrix m(sites);
  std::vector<double> kernel(sites, 0.0);
  for (int dy = 0; dy < n; ++dy) {
    for (int dx = 0; dx < n; ++dx) {
      for (int my = -n / 2 + 1; my <= n / 2; ++my)
        for (int mx = -n / 2 + 1; mx <= n / 2; ++mx)
          kernel[dy * n + dx] += diagonal(my, mx) * std::cos(2.0 * std::numbers::pi * (my * dy + mx * dx) / n) / sites;
    }
  }
  for (int i = 0; i < sites; ++i)
    for (int j = 0; j < sites; ++j) m(i, j) = kernel[(i / n - j / n + n) % n * n + (i % n - j % n + n) % n];
  return m;
}

struct Problem {
  grid::Domain domain = test::make_domain({n, n}, base::Comm::self());
  test::Builder builder;
  std::unique_ptr<model::Target> target = builder.target(
      "{type: posterior, prior: {type: gaussian_field, spectrum: {type: matern, variance: 1.3, correlation_length: "
      "3.0, "
      "smoothness: 1.0}}, likelihoods: [{type: linear, data: {mock_seed: 5}, operators: [lensing_shear, {type: mask, "
      "border: 0.4}], noise: {type: gaussian, std: 0.4}}]}",
      domain);

  test::DenseGaussian dense() {
    // Rasmussen & Williams 4.15 with nu = 1 in two dimensions: P = s^2 4 pi nu (2 nu)^nu / l^(2 nu) (2 nu / l^2 +
    // k^2)^-2.
    const test::Matrix covariance = convolution([](int my, int mx) {
      const double k2 = std::pow(2.0 * std::numbers::pi / n, 2) * (my * my + mx * mx);
      return 1.3 * 4.0 * std::numbers::pi * (2.0 / 9.0) * std::pow(2.0 / 9.0 + k2, -2.0);
    });
    const test::Matrix shear1 = convolution(
        [](int my, int mx) { return my == 0 && mx == 0 ? 0.0 : double(mx * mx - my * my) / (mx * mx + my * my); });
    const test::Matrix shear2 = convolution([](int my, int mx) {
      return (my == 0 && mx == 0) || 2 * my == n || 2 * mx == n ? 0.0 : 2.0 * mx * my / (mx * mx + my * my);
    });
    grid::Field data;
    for (const auto& field : target->named_fields())
      if (field.path == "/data/observed") data = field.field;
    test::Matrix precision = test::inverse_of_factored(test::cholesky(covariance));
    std::vector<double> information(sites, 0.0);
    int observed = 0;
    for (int d = 0; d < sites; ++d) {
      const auto inside = [](int i) { return std::abs((i + 0.5) / n - 0.5) <= 0.3; };
      if (!inside(d / n) || !inside(d % n)) continue;
      ++observed;
      for (int c = 0; c < 2; ++c) {
        const test::Matrix& a = c == 0 ? shear1 : shear2;
        for (int i = 0; i < sites; ++i) {
          information[i] += a(d, i) * data.component(c)[d] / 0.16;
          for (int j = 0; j < sites; ++j) precision(i, j) += a(d, i) * a(d, j) / 0.16;
        }
      }
    }
    EXPECT_EQ(observed, 100);  // a mask with effect
    return {precision, information};
  }
};

double largest(const std::vector<double>& x) {
  double m = 0.0;
  for (const double v : x) m = std::max(m, std::abs(v));
  return m;
}

TEST(DensePosterior, MeanByOurSolverAndByPetsc) {
  Problem problem;
  const test::DenseGaussian dense = problem.dense();
  const grid::Field ours(problem.domain, "mean"), theirs(problem.domain, "mean");
  samplers::GaussianExact exact({.tolerance = 1e-12}, {problem.domain, *problem.target, 1});
  grid::backward(problem.domain, exact.mean(), ours);
  samplers::wiener_mean_by_petsc(problem.domain, *problem.target->linear_gaussian(),
                                 model::fourier_preconditioner(problem.domain, *problem.target), 1e-12, 10000, theirs);
  const double scale = largest(dense.mean);
  EXPECT_GT(scale, 0.1);
  for (int i = 0; i < sites; ++i) {
    EXPECT_NEAR(ours.data()[i], dense.mean[i], 1e-8 * scale);
    EXPECT_NEAR(theirs.data()[i], dense.mean[i], 1e-8 * scale);
  }
}

// Power: a pixel's variance wrong by 5 % gives z = 5 in that pixel; a common error of 0.3 % gives z = 5 in the sum.
TEST(DensePosterior, CovarianceOfTwentyThousandExactDraws) {
  Problem problem;
  const test::DenseGaussian dense = problem.dense();
  const test::Matrix covariance = test::inverse_of_factored(dense.factor);
  samplers::GaussianExact exact({.tolerance = 1e-8}, {problem.domain, *problem.target, 3});
  const auto chain = exact.make_chain(0);
  constexpr int draws = 20000;
  std::vector<double> sum(sites, 0.0), squares(sites, 0.0);
  double mahalanobis = 0.0;
  for (int draw = 0; draw < draws; ++draw) {
    exact.step(*chain);
    const double* x = chain->x.real().data();
    for (int i = 0; i < sites; ++i) {
      const double r = (x[i] - dense.mean[i]) / std::sqrt(covariance(i, i));
      sum[i] += r;
      squares[i] += r * r;
    }
    for (const double w : dense.whiten(x)) mahalanobis += w * w;
  }
  // Two pixels of correlation rho: their sums of squares have the correlation rho^2.
  test::Matrix correlation(sites);
  for (int i = 0; i < sites; ++i)
    for (int j = 0; j < sites; ++j)
      correlation(i, j) = covariance(i, j) * covariance(i, j) / (covariance(i, i) * covariance(j, j));
  std::vector<double> z(sites);
  double worst = 0.0;
  double worst_mean = 0.0;
  for (int i = 0; i < sites; ++i) {
    z[i] = (squares[i] - draws) / std::sqrt(2.0 * draws);
    worst = std::max(worst, std::abs(z[i]));
    worst_mean = std::max(worst_mean, std::abs(sum[i]) / std::sqrt(draws));
  }
  const test::DenseGaussian joint(correlation, z);  // its "mean" is correlation^-1 z
  double chi2 = 0.0;
  for (int i = 0; i < sites; ++i) chi2 += z[i] * joint.mean[i];
  const double all = (mahalanobis - double(draws) * sites) / std::sqrt(2.0 * draws * sites);
  std::printf("variance max|z| %.2f, mean max|z| %.2f, chi2 %.1f of %d, all z %.2f\n", worst, worst_mean, chi2, sites,
              all);
  EXPECT_LT(worst, 5.0);
  EXPECT_LT(worst_mean, 5.0);
  EXPECT_LT(chi2, test::chi2_limit(sites));
  EXPECT_LT(std::abs(all), 5.0);
}

}  // namespace
}  // namespace scorefield
