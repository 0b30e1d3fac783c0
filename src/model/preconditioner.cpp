#include "model/preconditioner.hpp"

#include "base/errors.hpp"

namespace scorefield::model {

namespace {

base::DiagonalView mean_precision(const grid::Domain& domain, Target& target) {
  const grid::Box& box = domain.spectral_box();
  base::DiagonalView precision("preconditioner", static_cast<std::size_t>(box.extent(1)),
                               static_cast<std::size_t>(box.extent(2)),
                               static_cast<std::size_t>(domain.lattice().n()[0]));
  if (LinearGaussian* quadratic = target.linear_gaussian()) {
    quadratic->add_mean_precision(precision);
  } else {
    Kokkos::deep_copy(precision, 1.0);
  }
  return precision;
}

}  // namespace

base::DiagonalView fourier_preconditioner(const grid::Domain& domain, Target& target) {
  if (target.linear_gaussian() == nullptr) {
    throw base::DeckError(
        "sampler.preconditioner 'fourier' needs a target whose energy is a quadratic form (gaussian_field, or a "
        "posterior of "
        "one with linear likelihoods)",
        "use 'preconditioner: none'");
  }
  base::DiagonalView diagonal = mean_precision(domain, target);
  double* m = diagonal.data();
  Kokkos::parallel_for(
      "preconditioner", base::RowPolicy(0, static_cast<std::int64_t>(diagonal.span())),
      KOKKOS_LAMBDA(const std::int64_t i) { m[i] = 1.0 / m[i]; });
  return diagonal;
}

base::DiagonalView identity_preconditioner(const grid::Domain& domain, Target& target) {
  base::DiagonalView diagonal = mean_precision(domain, target);
  double* m = diagonal.data();
  Kokkos::parallel_for(
      "no preconditioner", base::RowPolicy(0, static_cast<std::int64_t>(diagonal.span())),
      KOKKOS_LAMBDA(const std::int64_t i) { m[i] = m[i] < 1e300 ? 1.0 : 0.0; });
  return diagonal;
}

}  // namespace scorefield::model
