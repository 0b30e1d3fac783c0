#include "physics/regression/cholesky.hpp"

#include <cmath>

#include "reduce/rows.hpp"

namespace scorefield::physics {

namespace {

double dot(const double* a, const double* b, std::size_t n) {
  return reduce::row_sum(static_cast<std::int64_t>(n), [&](std::int64_t i) { return a[i] * b[i]; });
}

}  // namespace

std::optional<Cholesky> Cholesky::factor(std::vector<double> a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    double* row = a.data() + i * n;
    for (std::size_t j = 0; j < i; ++j) {
      const double* other = a.data() + j * n;
      row[j] = (row[j] - dot(row, other, j)) / other[j];
    }
    const double pivot = row[i] - dot(row, row, i);
    if (!(pivot > 0.0) || !std::isfinite(pivot)) return std::nullopt;
    row[i] = std::sqrt(pivot);
  }
  return Cholesky(std::move(a), n);
}

double Cholesky::log_determinant() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < n_; ++i) sum += 2.0 * std::log(l_[i * n_ + i]);
  return sum;
}

std::vector<double> Cholesky::solve(std::vector<double> b) const {
  for (std::size_t i = 0; i < n_; ++i) b[i] = (b[i] - dot(l_.data() + i * n_, b.data(), i)) / l_[i * n_ + i];
  for (std::size_t i = n_; i-- > 0;) {
    b[i] /= l_[i * n_ + i];
    for (std::size_t j = 0; j < i; ++j) b[j] -= l_[i * n_ + j] * b[i];
  }
  return b;
}

std::vector<double> Cholesky::inverse() const {
  // Row j of `columns` is column j of L^-1: all dot products then run along rows.
  std::vector<double> columns(n_ * n_, 0.0);
  for (std::size_t j = 0; j < n_; ++j) {
    double* column = columns.data() + j * n_;
    column[j] = 1.0 / l_[j * n_ + j];
    for (std::size_t i = j + 1; i < n_; ++i) {
      column[i] = -dot(l_.data() + i * n_ + j, column + j, i - j) / l_[i * n_ + i];
    }
  }
  std::vector<double> inverse(n_ * n_, 0.0);
  for (std::size_t i = 0; i < n_; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      inverse[i * n_ + j] = dot(columns.data() + i * n_ + i, columns.data() + j * n_ + i, n_ - i);
    }
  }
  return inverse;
}

}  // namespace scorefield::physics
