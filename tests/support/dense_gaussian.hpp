#pragma once
/// Gaussian targets on small lattices as dense matrices, by LAPACK.

#include <lapacke.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "model/components.hpp"
#include "noise/normals.hpp"

namespace scorefield::test {

/// Column-major square matrix.
struct Matrix {
  explicit Matrix(int size) : n(size), a(static_cast<std::size_t>(size) * static_cast<std::size_t>(size), 0.0) {}
  double& operator()(int i, int j) {
    return a[static_cast<std::size_t>(j) * static_cast<std::size_t>(n) + static_cast<std::size_t>(i)];
  }
  double operator()(int i, int j) const {
    return a[static_cast<std::size_t>(j) * static_cast<std::size_t>(n) + static_cast<std::size_t>(i)];
  }
  int n;
  std::vector<double> a;
};

/// Lower factor L with A = L L^T; zeros above.
inline Matrix cholesky(Matrix m) {
  if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', m.n, m.a.data(), m.n) != 0) throw std::runtime_error("not positive");
  for (int j = 0; j < m.n; ++j)
    for (int i = 0; i < j; ++i) m(i, j) = 0.0;
  return m;
}
inline Matrix inverse_of_factored(Matrix factor) {
  LAPACKE_dpotri(LAPACK_COL_MAJOR, 'L', factor.n, factor.a.data(), factor.n);
  for (int j = 0; j < factor.n; ++j)
    for (int i = 0; i < j; ++i) factor(i, j) = factor(j, i);
  return factor;
}

/// N(mean, Q^-1) with Q = L L^T: w = L^T (x - mean) is standard normal.
struct DenseGaussian {
  DenseGaussian(const Matrix& precision, std::vector<double> information)
      : factor(cholesky(precision)), mean(std::move(information)) {
    LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', factor.n, 1, factor.a.data(), factor.n, mean.data(), factor.n);
  }
  [[nodiscard]] std::vector<double> whiten(const double* x) const {
    std::vector<double> w(mean.size(), 0.0);
    for (int j = 0; j < factor.n; ++j)
      for (int i = j; i < factor.n; ++i)
        w[static_cast<std::size_t>(j)] += factor(i, j) * (x[i] - mean[static_cast<std::size_t>(i)]);
    return w;
  }
  /// mean + L^-T w
  [[nodiscard]] std::vector<double> colour(std::vector<double> w) const {
    for (int j = factor.n - 1; j >= 0; --j) {
      double sum = w[static_cast<std::size_t>(j)];
      for (int i = j + 1; i < factor.n; ++i) sum -= factor(i, j) * w[static_cast<std::size_t>(i)];
      w[static_cast<std::size_t>(j)] = sum / factor(j, j);
    }
    for (std::size_t i = 0; i < w.size(); ++i) w[i] += mean[i];
    return w;
  }
  Matrix factor;
  std::vector<double> mean;
};

/// Reads Q and b off a quadratic target cell by cell (one rank).
inline DenseGaussian dense_gaussian(const grid::Domain& domain, model::LinearGaussian& quadratic) {
  const int n = static_cast<int>(domain.lattice().sites());
  Matrix precision(n);
  model::DualField x(domain, "unit");
  model::DualSum image(domain, "image");
  grid::Field real(domain, "column");
  for (int j = 0; j < n; ++j) {
    x.set_real().fill(0.0);
    x.real().data()[j] = 1.0;
    image.clear();
    quadratic.add_precision(x, image);
    grid::backward(domain, image.fourier(), real);
    for (int i = 0; i < n; ++i) precision(i, j) = real.data()[i];
  }
  image.clear();
  image.fourier_part().field.fill(0.0);
  quadratic.add_information(image);
  grid::backward(domain, image.fourier(), real);
  return {precision, std::vector<double>(real.data(), real.data() + n)};
}

/// Upper quantile 1e-6 of chi2 (Wilson & Hilferty 1931; within 0.1 % above 10 degrees of freedom).
inline double chi2_limit(double degrees) {
  const double c = 2.0 / (9.0 * degrees);
  return degrees * std::pow(1.0 - c + 4.7534 * std::sqrt(c), 3.0);
}

}  // namespace scorefield::test
