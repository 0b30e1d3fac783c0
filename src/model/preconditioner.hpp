#pragma once

#include "model/target.hpp"

namespace scorefield::model {

/// Fourier-diagonal preconditioner M(k) of a target, (y, kx, z) on this rank.
///
/// M = 1 / (prior precision + mean data precision) for targets with a quadratic form, so that one step size suits all
/// scales (score-methods item 9: M = (S^-1 + A^T N^-1 A)^-1 in Fourier space). Zero on modes held at zero.
base::DiagonalView fourier_preconditioner(const grid::Domain& domain, Target& target);

/// M(k) = 1 on all free modes: no preconditioning.
base::DiagonalView identity_preconditioner(const grid::Domain& domain, Target& target);

}  // namespace scorefield::model
