#include "physics/gaussian/gaussian_denoiser.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "reduce/rows.hpp"

namespace scorefield::physics {

namespace {

/// sqrt((1/N) sum_k w_k v(k)).
double root_mean(const grid::Domain& domain, const base::DiagonalView& variance) {
  const grid::Box box = domain.spectral_box();
  const std::int64_t n = domain.lattice().n()[0];
  const std::int64_t nx = domain.lattice().n()[2];
  const double* v = variance.data();
  reduce::ExactSum sum = reduce::sum_of_rows(
      "field variance", box.extent(1) * box.extent(2), KOKKOS_LAMBDA(const std::int64_t row) {
        const double weight = reduce::mode_weight(box.lo[2] + row % box.extent(2), nx);
        return weight * reduce::row_sum(n, [=](std::int64_t i) { return v[row * n + i]; });
      });
  sum.all_reduce(domain.comm());
  return std::sqrt(sum.value() / static_cast<double>(domain.lattice().sites()));
}

}  // namespace

GaussianDenoiser::GaussianDenoiser(const grid::Domain& domain, base::DiagonalView variance,
                                   std::optional<double> lipschitz)
    : domain_(&domain),
      variance_(std::move(variance)),
      bound_(lipschitz.value_or(std::numeric_limits<double>::infinity())),
      standard_deviation_(root_mean(domain, variance_)) {}

GaussianDenoiser::Slope GaussianDenoiser::slope(double sigma) const {
  return {variance_.data(), sigma * sigma, bound_};
}

void GaussianDenoiser::jacobian_product(model::DualField& /*y*/, double sigma, model::DualField& v,
                                        model::DualField& out) {
  const grid::SpectralField& from = v.fourier();
  const base::Complex* in = from.data();
  base::Complex* to = out.set_fourier().data();
  const Slope slope_of = slope(sigma);
  const double noise = sigma * sigma;
  const auto modes = static_cast<std::int64_t>(variance_.span());
  Kokkos::parallel_for(
      "gaussian denoiser", base::RowPolicy(0, from.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        const std::int64_t mode = i % modes;
        // v / (v + sigma^2), and not 1 - sigma^2 / (v + sigma^2), which rounds where v is small.
        const double s = slope_of(mode);
        const double full = 1.0 / (slope_of.variance[mode] + noise);
        const double gain = s < full ? 1.0 - noise * s : slope_of.variance[mode] * full;
        to[i] = base::Complex(gain * in[i].real(), gain * in[i].imag());
      });
}

void GaussianDenoiser::denoise(model::DualField& y, double sigma, model::DualField& out) {
  jacobian_product(y, sigma, y, out);
}

reduce::ExactSum GaussianDenoiser::energy(model::DualField& y, double sigma) {
  const grid::SpectralField& modes = y.fourier();
  const grid::Box box = modes.box();
  const std::int64_t n = modes.row_length();
  const std::int64_t lines = box.extent(1) * box.extent(2);
  const std::int64_t nx = domain_->lattice().n()[2];
  const double half_per_site = 0.5 / static_cast<double>(domain_->lattice().sites());
  const base::Complex* values = modes.data();
  const Slope slope_of = slope(sigma);
  reduce::ExactSum energy = reduce::sum_of_rows(
      "gaussian noise-level energy", modes.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
        const base::Complex* v = values + row * n;
        const double weight = reduce::mode_weight(box.lo[2] + row % box.extent(2), nx) * half_per_site;
        return weight * reduce::row_sum(n, [=](std::int64_t i) {
                 return slope_of((row % lines) * n + i) * (v[i].real() * v[i].real() + v[i].imag() * v[i].imag());
               });
      });
  energy.all_reduce(domain_->comm());
  return energy;
}

}  // namespace scorefield::physics
