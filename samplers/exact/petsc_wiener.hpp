#pragma once
/// Wiener filter by PETSc's Krylov solvers: an independent check of our own, and a door to PETSc's other methods.

#include "model/target.hpp"

namespace scorefield::samplers {

/// Collective. mean = Q^-1 b by KSP (conjugate gradients) with a MATSHELL over our fields' memory and the
/// Fourier-diagonal preconditioner as PCSHELL; other PETSc options may be set by PETSC_OPTIONS. External: PETSc's dot
/// products depend on the number of ranks in the last bits. Returns the number of iterations; throws
/// base::NumericsError on all ranks without convergence.
std::int64_t wiener_mean_by_petsc(const grid::Domain& domain, model::LinearGaussian& quadratic,
                                  const base::DiagonalView& preconditioner, double tolerance,
                                  std::int64_t max_iterations, const grid::Field& mean);

}  // namespace scorefield::samplers
