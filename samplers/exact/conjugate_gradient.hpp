#pragma once
/// Solves Q x = b for the quadratic form of a Gaussian posterior, with the same bits on any number of ranks.

#include "model/target.hpp"

namespace scorefield::samplers {

struct SolveReport {
  std::int64_t iterations = 0;
  double relative_residual = 0.0;  ///< sqrt(r.M r) over its first value
};

/// Conjugate gradients in Fourier space with a Fourier-diagonal preconditioner M, on reproducible dot products
/// (Hestenes & Stiefel 1952). Modes with M = 0 stay zero.
class ConjugateGradient {
 public:
  ConjugateGradient(const grid::Domain& domain, model::LinearGaussian& quadratic, base::DiagonalView preconditioner,
                    int components);
  /// Collective. x = Q^-1 b to `tolerance` in the preconditioned norm; b is overwritten by the residual. Throws
  /// base::NumericsError on all ranks where that is not reached in `max_iterations`.
  SolveReport solve(const grid::SpectralField& b, const grid::SpectralField& x, double tolerance,
                    std::int64_t max_iterations);

 private:
  /// r . M r
  [[nodiscard]] double preconditioned_norm2(const grid::SpectralField& r) const;

  const grid::Domain& domain_;
  model::LinearGaussian& quadratic_;
  base::DiagonalView preconditioner_;
  model::DualField direction_;
  model::DualSum image_;
};

}  // namespace scorefield::samplers
