#include "samplers/exact/conjugate_gradient.hpp"

#include <cmath>

#include "base/errors.hpp"
#include "reduce/rows.hpp"

namespace scorefield::samplers {

ConjugateGradient::ConjugateGradient(const grid::Domain& domain, model::LinearGaussian& quadratic,
                                     base::DiagonalView preconditioner, int components)
    : domain_(domain),
      quadratic_(quadratic),
      preconditioner_(std::move(preconditioner)),
      direction_(domain, "search direction", components),
      image_(domain, "Q times direction", components) {}

double ConjugateGradient::preconditioned_norm2(const grid::SpectralField& r) const {
  const base::Complex* values = r.data();
  const double* m = preconditioner_.data();
  const std::int64_t n = r.row_length();
  const grid::Box box = r.box();
  const std::int64_t rows_of_component = r.rows() / r.components();
  const std::int64_t nx = domain_.lattice().n()[2];
  const double per_site = 1.0 / static_cast<double>(domain_.lattice().sites());
  reduce::ExactSum sum = reduce::sum_of_rows(
      "r.Mr", r.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
        const base::Complex* v = values + row * n;
        const double* d = m + (row % rows_of_component) * n;
        const double weight = reduce::mode_weight(box.lo[2] + row % box.extent(2), nx) * per_site;
        return weight * reduce::row_sum(n, [=](std::int64_t i) {
                 return d[i] * (v[i].real() * v[i].real() + v[i].imag() * v[i].imag());
               });
      });
  sum.all_reduce(domain_.comm());
  return sum.value();
}

SolveReport ConjugateGradient::solve(const grid::SpectralField& b, const grid::SpectralField& x, double tolerance,
                                     std::int64_t max_iterations) {
  x.fill(0.0);
  direction_.set_fourier().fill(0.0);
  const std::int64_t size = b.size();
  const std::int64_t period = std::max<std::int64_t>(1, static_cast<std::int64_t>(preconditioner_.span()));
  base::Complex* residual = b.data();
  base::Complex* solution = x.data();
  const double* m = preconditioner_.data();

  SolveReport report;
  double norm2 = preconditioned_norm2(b);
  const double first_norm2 = norm2;
  double beta = 0.0;
  while (norm2 > tolerance * tolerance * first_norm2) {
    if (report.iterations++ >= max_iterations || !std::isfinite(norm2)) {
      throw base::NumericsError("conjugate gradients reached a relative residual of " +
                                    std::to_string(std::sqrt(norm2 / first_norm2)) + " after " +
                                    std::to_string(max_iterations) + " iterations, not " + std::to_string(tolerance),
                                "raise sampler.max_iterations or sampler.tolerance");
    }
    const base::Complex* old = direction_.fourier().data();
    base::Complex* p = direction_.set_fourier().data();  // the same memory: updated in place
    Kokkos::parallel_for(
        "direction", base::RowPolicy(0, size), KOKKOS_LAMBDA(const std::int64_t i) {
          const double d = m[i % period];
          p[i] = base::Complex(d * residual[i].real() + beta * old[i].real(),
                               d * residual[i].imag() + beta * old[i].imag());
        });
    image_.clear();
    quadratic_.add_precision(direction_, image_);
    const grid::SpectralField& image = image_.fourier();
    const double alpha = norm2 / reduce::dot(domain_, direction_.fourier(), image).value();
    const base::Complex* q = image.data();
    Kokkos::parallel_for(
        "solution", base::RowPolicy(0, size), KOKKOS_LAMBDA(const std::int64_t i) {
          solution[i] =
              base::Complex(solution[i].real() + alpha * p[i].real(), solution[i].imag() + alpha * p[i].imag());
          residual[i] =
              base::Complex(residual[i].real() - alpha * q[i].real(), residual[i].imag() - alpha * q[i].imag());
        });
    const double next = preconditioned_norm2(b);
    beta = next / norm2;
    norm2 = next;
  }
  report.relative_residual = first_norm2 > 0.0 ? std::sqrt(norm2 / first_norm2) : 0.0;
  return report;
}

}  // namespace scorefield::samplers
