#include "physics/observables/power_spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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
            context.domain.lattice().power_unit()),
      shells_(context.domain, options.bin_width * context.domain.lattice().fundamental(),
              values(options, context.domain.lattice()) + 1) {
  const std::vector<double> k = reduce::wavenumbers(*domain_);
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
  std::vector<double> sums = shells_.sums(value);
  sums.erase(sums.begin());  // k = 0
  return sums;
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
