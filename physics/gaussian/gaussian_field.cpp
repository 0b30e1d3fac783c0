#include "physics/gaussian/gaussian_field.hpp"

#include <cmath>
#include <limits>

#include "noise/normals.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

deck::Schema<GaussianFieldOptions> GaussianField::schema() {
  return deck::Schema<Options>("gaussian_field",
                               "Stationary Gaussian random field of zero mean and given power spectrum.")
      .reference("Peacock 1999, Cosmological Physics, sec. 16.2")
      .example("{type: gaussian_field, spectrum: {type: matern, correlation_length: 3.0}}")
      .component("spectrum", &Options::spectrum, "spectrum", {.doc = "power spectrum P(k)", .required = true})
      .option("unit", &Options::unit, {.doc = "unit of the field, for files and axis labels"});
}

GaussianField::GaussianField(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain),
      unit_(options.unit),
      spectrum_(context.components.spectra.build(options.spectrum, context)) {
  const grid::Lattice& lattice = domain_->lattice();
  const grid::Box& box = domain_->spectral_box();
  const std::int64_t n = lattice.n()[0];
  precision_ = base::DiagonalView("prior precision", static_cast<std::size_t>(box.extent(1)),
                                  static_cast<std::size_t>(box.extent(2)), static_cast<std::size_t>(n));
  const auto precision = Kokkos::create_mirror_view(precision_);
  reduce::ExactSum free_modes;
  for (std::int64_t row = 0; row < box.extent(1) * box.extent(2); ++row) {
    const grid::SpectralRow at = grid::spectral_row(box, row);
    const double ky = lattice.wavenumber(1, at.y);
    const double kx = lattice.wavenumber(2, at.kx);
    double* line = precision.data() + row * n;
    std::int64_t free_in_row = 0;
    for (std::int64_t z = 0; z < n; ++z) {
      const double kz = lattice.wavenumber(0, z);
      const double k = std::sqrt(kx * kx + ky * ky + kz * kz);
      const double power = k > 0.0 ? spectrum_->power(k) : spectrum_->power_of_mean();
      line[z] = power > 0.0 ? lattice.cell_volume() / power : 0.0;
      if (power > 0.0) ++free_in_row;
    }
    free_modes.add(reduce::mode_weight(at.kx, lattice.n()[2]) * static_cast<double>(free_in_row));
  }
  Kokkos::deep_copy(precision_, precision);
  free_modes.all_reduce(domain_->comm());
  degrees_of_freedom_ = free_modes.value();
}

std::function<double(double)> GaussianField::prior_power() const {
  return [spectrum = spectrum_](double k) { return k > 0.0 ? spectrum->power(k) : spectrum->power_of_mean(); };
}

reduce::ExactSum GaussianField::evaluate(model::DualField& x, model::DualSum* gradient) {
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
      "gaussian_field", modes.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
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

void GaussianField::add_precision(model::DualField& x, model::DualSum& out) {
  const grid::SpectralField& modes = x.fourier();
  const auto part = out.fourier_part();
  const bool fresh = part.fresh;
  const base::Complex* values = modes.data();
  const double* precision = precision_.data();
  base::Complex* sum = part.field.data();
  Kokkos::parallel_for(
      "gaussian_field precision", base::RowPolicy(0, modes.size()), KOKKOS_LAMBDA(const std::int64_t i) {
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

void GaussianField::draw_prior(const noise::Stream& stream, model::DualField& x) {
  const double sites = static_cast<double>(domain_->lattice().sites());
  white_times(*domain_, stream, precision_.data(), x.set_fourier().data(), true,
              [=](double lambda) { return lambda > 0.0 ? std::sqrt(sites / lambda) : 0.0; });
}

void GaussianField::add_perturbation(const noise::Stream& stream, model::DualSum& out) {
  const double sites = static_cast<double>(domain_->lattice().sites());
  noise::Stream own = stream;
  own.purpose = noise::Purpose::perturb_prior;
  const auto part = out.fourier_part();
  white_times(*domain_, own, precision_.data(), part.field.data(), part.fresh,
              [=](double lambda) { return std::sqrt(sites * lambda); });
}

void GaussianField::add_mean_precision(const base::DiagonalView& out) const {
  const double* precision = precision_.data();
  double* sum = out.data();
  Kokkos::parallel_for(
      "gaussian_field mean precision", base::RowPolicy(0, static_cast<std::int64_t>(precision_.span())),
      KOKKOS_LAMBDA(const std::int64_t i) {
        sum[i] += precision[i] > 0.0 ? precision[i] : std::numeric_limits<double>::infinity();
      });
}

}  // namespace scorefield::physics
