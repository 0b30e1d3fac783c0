#include "physics/observables/power_spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reduce/rows.hpp"

namespace scorefield::physics {

deck::Schema<PowerSpectrumOptions> PowerSpectrum::schema() {
  return deck::Schema<Options>("power_spectrum", "Power spectrum of the state in shells of wavenumber.")
      .example("power_spectrum")
      .option("bin_width", &Options::bin_width,
              {.unit = "fundamental wavenumber", .doc = "width of the shells", .min = 1.0});
}

std::int64_t PowerSpectrum::values(const Options& options, const grid::Lattice& lattice) {
  double nyquist = std::numeric_limits<double>::infinity();
  for (const int axis : lattice.axes()) {
    nyquist = std::min(nyquist, std::abs(lattice.wavenumber(axis, lattice.n()[axis] / 2)));
  }
  const double width = options.bin_width * lattice.fundamental();
  return std::max<std::int64_t>(1, std::llround(std::floor(nyquist / width + 1e-9)));
}

PowerSpectrum::PowerSpectrum(const Options& options, const model::ObservableContext& context)
    : domain_(&context.domain),
      unit_((context.target.unit() == "1" ? "" : "(" + context.target.unit() + ")^2 ") +
            context.domain.lattice().power_unit()) {
  const grid::Lattice& lattice = domain_->lattice();
  const grid::Box& box = domain_->spectral_box();
  const std::int64_t n = lattice.n()[0];
  const double width = options.bin_width * lattice.fundamental();
  const std::int64_t shells = values(options, lattice);

  std::vector<double> k;
  k.reserve(static_cast<std::size_t>(box.size()));
  shell_.reserve(k.capacity());
  for (std::int64_t row = 0; row < box.extent(1) * box.extent(2); ++row) {
    const grid::SpectralRow at = grid::spectral_row(box, row);
    const double ky = lattice.wavenumber(1, at.y);
    const double kx = lattice.wavenumber(2, at.kx);
    for (std::int64_t z = 0; z < n; ++z) {
      const double kz = lattice.wavenumber(0, z);
      k.push_back(std::sqrt(kx * kx + ky * ky + kz * kz));
      const auto shell = std::llround(std::floor(k.back() / width + 0.5)) - 1;
      shell_.push_back(shell < shells ? static_cast<std::int32_t>(shell) : -1);
    }
  }
  modes_.resize(static_cast<std::size_t>(shells));
  modes_ = shell_sums([](std::size_t) { return 1.0; });
  wavenumbers_ = shell_sums([&](std::size_t i) { return k[i]; });
  for (std::size_t b = 0; b < modes_.size(); ++b) wavenumbers_[b] /= modes_[b];
  if (const auto power = context.target.prior_power()) {
    prior_ = shell_sums([&](std::size_t i) { return power(k[i]); });
    for (std::size_t b = 0; b < modes_.size(); ++b) prior_[b] /= modes_[b];
  }
}

template <class Value>
std::vector<double> PowerSpectrum::shell_sums(const Value& value) const {
  const grid::Box& box = domain_->spectral_box();
  const std::int64_t n = domain_->lattice().n()[0];
  std::vector<reduce::ExactSum> sums(modes_.size());
  std::vector<double> of_row(modes_.size());
  std::size_t i = 0;
  for (std::int64_t row = 0; row < box.extent(1) * box.extent(2); ++row) {
    // Whole lines of z in a fixed order, then exactly: the same bits on any decomposition.
    std::fill(of_row.begin(), of_row.end(), 0.0);
    for (std::int64_t z = 0; z < n; ++z, ++i) {
      if (shell_[i] >= 0) of_row[static_cast<std::size_t>(shell_[i])] += value(i);
    }
    const double weight = reduce::mode_weight(grid::spectral_row(box, row).kx, domain_->lattice().n()[2]);
    for (std::size_t b = 0; b < of_row.size(); ++b) {
      if (of_row[b] != 0.0) sums[b].add(weight * of_row[b]);
    }
  }
  reduce::ExactSum::all_reduce(domain_->comm(), sums);
  std::vector<double> values;
  values.reserve(sums.size());
  for (const auto& sum : sums) values.push_back(sum.value());
  return values;
}

void PowerSpectrum::measure(model::Chain& chain, std::vector<double>& values) {
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), chain.field().fourier().view());
  const base::Complex* x = host.data();
  const auto sums = shell_sums([=](std::size_t i) { return x[i].real() * x[i].real() + x[i].imag() * x[i].imag(); });
  const grid::Lattice& lattice = domain_->lattice();
  const double scale = lattice.volume() / (static_cast<double>(lattice.sites()) * static_cast<double>(lattice.sites()));
  for (std::size_t b = 0; b < sums.size(); ++b) values.push_back(scale * sums[b] / modes_[b]);
}

std::vector<model::Observable::Bins> PowerSpectrum::bins() const {
  std::vector<Bins> all{{"power_spectrum", wavenumbers_, domain_->lattice().wavenumber_unit()},
                        {"power_spectrum_modes", modes_, "1"}};
  if (!prior_.empty()) all.push_back({"power_spectrum_prior", prior_, unit_});
  return all;
}

}  // namespace scorefield::physics
