#pragma once
/// Dense symmetric matrices by Cholesky factors.

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace scorefield::physics {

/// L of A = L L^T, for matrices of a few hundred rows. Own arithmetic, whose order of operations is fixed: threaded
/// BLAS returns bits that depend on the number of threads, and so on the number of ranks of a node.
class Cholesky {
 public:
  /// `a`: n rows of n, of which the lower triangle counts. Nothing where A is not positive definite to rounding.
  static std::optional<Cholesky> factor(std::vector<double> a, std::size_t n);

  /// log det A
  [[nodiscard]] double log_determinant() const;
  /// A^-1 b
  [[nodiscard]] std::vector<double> solve(std::vector<double> b) const;
  /// The lower triangle of A^-1, in n rows of n.
  [[nodiscard]] std::vector<double> inverse() const;

 private:
  Cholesky(std::vector<double> factor, std::size_t n) : l_(std::move(factor)), n_(n) {}

  std::vector<double> l_;  // n rows of n; nothing above the diagonal counts
  std::size_t n_;
};

}  // namespace scorefield::physics
