#include "physics/gaussian/stationary_gaussian.hpp"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "noise/normals.hpp"
#include "reduce/rows.hpp"
#include "reduce/shells.hpp"

namespace scorefield::physics {

std::function<double(double)> power_of(std::shared_ptr<const model::Spectrum> spectrum) {
  return [spectrum = std::move(spectrum)](double k) { return spectrum->at(k); };
}

base::DiagonalView power_of_modes(const grid::Domain& domain, const std::function<double(double)>& power) {
  const grid::Box& box = domain.spectral_box();
  base::DiagonalView all("power", static_cast<std::size_t>(box.extent(1)), static_cast<std::size_t>(box.extent(2)),
                         static_cast<std::size_t>(domain.lattice().n()[0]));
  const auto host = Kokkos::create_mirror_view(all);
  std::size_t mode = 0;
  for (const double k : reduce::wavenumbers(domain)) host.data()[mode++] = power(k);
  Kokkos::deep_copy(all, host);
  return all;
}

base::DiagonalView variance_of_modes(const grid::Domain& domain, const std::function<double(double)>& power) {
  const double per_cell = 1.0 / domain.lattice().cell_volume();
  return power_of_modes(domain, [&](double k) { return per_cell * power(k); });
}

StationaryGaussian::StationaryGaussian(const grid::Domain& domain, const base::DiagonalView& power)
    : domain_(&domain), precision_("prior precision", power.extent(0), power.extent(1), power.extent(2)) {
  const grid::Lattice& lattice = domain.lattice();
  const grid::Box& box = domain.spectral_box();
  const std::int64_t n = lattice.n()[0];
  const std::int64_t nx = lattice.n()[2];
  const double cell_volume = lattice.cell_volume();
  const double* of_mode = power.data();
  double* precision = precision_.data();
  reduce::ExactSum free_modes = reduce::sum_of_rows(
      "free modes", box.extent(1) * box.extent(2), KOKKOS_LAMBDA(const std::int64_t row) {
        for (std::int64_t i = row * n; i < (row + 1) * n; ++i) {
          precision[i] = of_mode[i] > 0.0 ? cell_volume / of_mode[i] : 0.0;
        }
        const double weight = reduce::mode_weight(box.lo[2] + row % box.extent(2), nx);
        return weight * reduce::row_sum(n, [=](std::int64_t i) { return precision[row * n + i] > 0.0 ? 1.0 : 0.0; });
      });
  free_modes.all_reduce(domain.comm());
  degrees_of_freedom_ = free_modes.value();
}

base::DiagonalView StationaryGaussian::variance() const {
  base::DiagonalView all("variance", precision_.extent(0), precision_.extent(1), precision_.extent(2));
  const double* precision = precision_.data();
  double* out = all.data();
  Kokkos::parallel_for(
      "variance", base::RowPolicy(0, static_cast<std::int64_t>(all.span())),
      KOKKOS_LAMBDA(const std::int64_t i) { out[i] = precision[i] > 0.0 ? 1.0 / precision[i] : 0.0; });
  return all;
}

reduce::ExactSum StationaryGaussian::evaluate(model::DualField& x, model::DualSum* gradient) const {
  const grid::SpectralField& modes = x.fourier();
  const std::int64_t n = modes.row_length();
  const grid::Box box = modes.box();
  const std::int64_t nx = domain_->lattice().n()[2];
  const double half_per_site = 0.5 / static_cast<double>(domain_->lattice().sites());
  const base::Complex* values = modes.data();
  const double* precision = precision_.data();
  base::Complex* sum = nullptr;
  bool fresh = false;
  if (gradient != nullptr) {
    const auto part = gradient->fourier_part();
    sum = part.field.data();
    fresh = part.fresh;
  }
  reduce::ExactSum energy = reduce::sum_of_rows(
      "gaussian", modes.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
        const base::Complex* v = values + row * n;
        const double* lambda = precision + row * n;
        if (sum != nullptr) {
          base::Complex* g = sum + row * n;
          if (fresh) {
            for (std::int64_t i = 0; i < n; ++i) g[i] = base::Complex(lambda[i] * v[i].real(), lambda[i] * v[i].imag());
          } else {
            for (std::int64_t i = 0; i < n; ++i) {
              g[i] = base::Complex(g[i].real() + lambda[i] * v[i].real(), g[i].imag() + lambda[i] * v[i].imag());
            }
          }
        }
        const double weight = reduce::mode_weight(box.lo[2] + row % box.extent(2), nx) * half_per_site;
        return weight * reduce::row_sum(n, [=](std::int64_t i) {
                 return lambda[i] * (v[i].real() * v[i].real() + v[i].imag() * v[i].imag());
               });
      });
  energy.all_reduce(domain_->comm());
  return energy;
}

void StationaryGaussian::add_precision(model::DualField& x, model::DualSum& out) {
  const grid::SpectralField& modes = x.fourier();
  const auto part = out.fourier_part();
  const bool fresh = part.fresh;
  const base::Complex* values = modes.data();
  const double* precision = precision_.data();
  base::Complex* sum = part.field.data();
  Kokkos::parallel_for(
      "gaussian precision", base::RowPolicy(0, modes.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        const base::Complex term(precision[i] * values[i].real(), precision[i] * values[i].imag());
        sum[i] = fresh ? term : sum[i] + term;
      });
}

namespace {

/// out(k) = scale(lambda) z(k) with white modes z, or added to what is there.
template <class Scale>
void white_times(const grid::Domain& domain, const noise::Stream& stream, const double* precision, base::Complex* out,
                 bool fresh, const Scale& scale) {
  const grid::Box& box = domain.spectral_box();
  const std::int64_t n = domain.lattice().n()[0];
  noise::WhiteModes modes(domain.lattice(), stream);
  std::vector<base::Complex> z(static_cast<std::size_t>(n));
  for (std::int64_t row = 0; row < box.extent(1) * box.extent(2); ++row) {
    modes.row(grid::spectral_row(box, row), z.data());
    for (std::int64_t i = 0; i < n; ++i) {
      const double s = scale(precision[row * n + i]);
      base::Complex& target = out[row * n + i];
      const base::Complex term(s * z[i].real(), s * z[i].imag());
      target = fresh ? term : target + term;
    }
  }
}

}  // namespace

void StationaryGaussian::draw(const noise::Stream& stream, model::DualField& x) const {
  const double sites = static_cast<double>(domain_->lattice().sites());
  white_times(*domain_, stream, precision_.data(), x.set_fourier().data(), true,
              [=](double lambda) { return lambda > 0.0 ? std::sqrt(sites / lambda) : 0.0; });
}

void StationaryGaussian::add_perturbation(const noise::Stream& stream, model::DualSum& out) {
  const double sites = static_cast<double>(domain_->lattice().sites());
  noise::Stream own = stream;
  own.purpose = noise::Purpose::perturb_prior;
  const auto part = out.fourier_part();
  white_times(*domain_, own, precision_.data(), part.field.data(), part.fresh,
              [=](double lambda) { return std::sqrt(sites * lambda); });
}

void StationaryGaussian::add_mean_precision(const base::DiagonalView& out) const {
  const double* precision = precision_.data();
  double* sum = out.data();
  Kokkos::parallel_for(
      "gaussian mean precision", base::RowPolicy(0, static_cast<std::int64_t>(precision_.span())),
      KOKKOS_LAMBDA(const std::int64_t i) {
        sum[i] += precision[i] > 0.0 ? precision[i] : std::numeric_limits<double>::infinity();
      });
}

}  // namespace scorefield::physics
