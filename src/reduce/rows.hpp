#pragma once
/// Reductions over fields with the same bits on any decomposition.
///
/// Rows (lines of x in real space, of z in Fourier space) are whole on every decomposition: each is summed in a fixed
/// order, and the sums of rows are joined exactly.

#include <algorithm>
#include <limits>
#include <string>

#include "base/kokkos_compat.hpp"
#include "base/mpi.hpp"
#include "grid/field.hpp"
#include "reduce/exact_sum.hpp"

namespace scorefield::reduce {

/// Sum of term(0) .. term(n - 1) in eight interleaved partial sums: a fixed order that vector units can follow.
template <class Term>
KOKKOS_INLINE_FUNCTION double row_sum(std::int64_t n, const Term& term) {
  constexpr int lanes = 8;
  double partial[lanes] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int lane = 0; lane < lanes; ++lane) partial[lane] += term(i + lane);
  }
  for (int lane = 0; i < n; ++i, ++lane) partial[lane] += term(i);
  return ((partial[0] + partial[4]) + (partial[2] + partial[6])) +
         ((partial[1] + partial[5]) + (partial[3] + partial[7]));
}

/// Takes one more value into a running mean and sum of squared deviations (Welford 1962); `weight` is one over the
/// number of values, this one included.
KOKKOS_INLINE_FUNCTION void add_to_moments(double value, double weight, double& mean, double& squares) {
  const double before = value - mean;
  mean += weight * before;
  squares += before * (value - mean);
}

/// Exact local sum of row_value(0) .. row_value(rows - 1); not yet joined over ranks.
template <class RowValue>
ExactSum sum_of_rows(const char* label, std::int64_t rows, const RowValue& row_value) {
  const base::LineView values(Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string(label)),
                              static_cast<std::size_t>(rows));
  Kokkos::parallel_for(
      label, base::RowPolicy(0, rows), KOKKOS_LAMBDA(const std::int64_t row) { values(row) = row_value(row); });
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), values);
  ExactSum sum;
  for (std::int64_t row = 0; row < rows; ++row) sum.add(host(row));
  return sum;
}

/// Collective. sum_x a(x) over all components.
ExactSum sum(const grid::Domain& domain, const grid::Field& a);
/// Collective. sum_x a(x) b(x) over all components.
ExactSum dot(const grid::Domain& domain, const grid::Field& a, const grid::Field& b);
/// Collective. sum_x a(x) b(x) of the real fields behind two spectra: (1/N) sum_k w_k Re(conj(a) b), where w_k counts
/// the modes that the half spectrum leaves out.
ExactSum dot(const grid::Domain& domain, const grid::SpectralField& a, const grid::SpectralField& b);
/// Collective. Smallest and largest value; NaN values are passed over.
struct Range {
  double min, max;
};
Range range(const grid::Domain& domain, const grid::Field& a);

/// Weight of a mode in sums over the half spectrum: 1 on the planes kx = 0 and kx = n/2 (n even), else 2.
KOKKOS_INLINE_FUNCTION double mode_weight(std::int64_t kx, std::int64_t nx) {
  return kx == 0 || 2 * kx == nx ? 1.0 : 2.0;
}

}  // namespace scorefield::reduce
