#include "reduce/rows.hpp"

namespace scorefield::reduce {

ExactSum sum(const grid::Domain& domain, const grid::Field& a) {
  const std::int64_t n = a.row_length();
  const double* values = a.data();
  ExactSum total = sum_of_rows(
      "sum", a.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
        const double* x = values + row * n;
        return row_sum(n, [=](std::int64_t i) { return x[i]; });
      });
  total.all_reduce(domain.comm());
  return total;
}

ExactSum dot(const grid::Domain& domain, const grid::Field& a, const grid::Field& b) {
  const std::int64_t n = a.row_length();
  const double* left = a.data();
  const double* right = b.data();
  ExactSum total = sum_of_rows(
      "dot", a.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
        const double* x = left + row * n;
        const double* y = right + row * n;
        return row_sum(n, [=](std::int64_t i) { return x[i] * y[i]; });
      });
  total.all_reduce(domain.comm());
  return total;
}

ExactSum dot(const grid::Domain& domain, const grid::SpectralField& a, const grid::SpectralField& b) {
  const std::int64_t n = a.row_length();
  const base::Complex* left = a.data();
  const base::Complex* right = b.data();
  const grid::Box box = a.box();
  const std::int64_t nx = domain.lattice().n()[2];
  const double per_site = 1.0 / static_cast<double>(domain.lattice().sites());
  ExactSum total = sum_of_rows(
      "spectral dot", a.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
        const base::Complex* x = left + row * n;
        const base::Complex* y = right + row * n;
        const double weight = mode_weight(box.lo[2] + row % box.extent(2), nx) * per_site;
        return weight *
               row_sum(n, [=](std::int64_t i) { return x[i].real() * y[i].real() + x[i].imag() * y[i].imag(); });
      });
  total.all_reduce(domain.comm());
  return total;
}

Range range(const grid::Domain& domain, const grid::Field& a) {
  const double* values = a.data();
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  Kokkos::parallel_reduce(
      "range", base::RowPolicy(0, a.size()),
      KOKKOS_LAMBDA(const std::int64_t i, double& lo, double& hi) {
        if (values[i] < lo) lo = values[i];
        if (values[i] > hi) hi = values[i];
      },
      Kokkos::Min<double>(low), Kokkos::Max<double>(high));
  MPI_Allreduce(MPI_IN_PLACE, &low, 1, MPI_DOUBLE, MPI_MIN, domain.comm().handle());
  MPI_Allreduce(MPI_IN_PLACE, &high, 1, MPI_DOUBLE, MPI_MAX, domain.comm().handle());
  return {low, high};
}

}  // namespace scorefield::reduce
