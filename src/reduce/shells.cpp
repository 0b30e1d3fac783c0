#include "reduce/shells.hpp"

#include <algorithm>
#include <cmath>

namespace scorefield::reduce {

namespace {
double length(double kx, double ky, double kz) { return std::sqrt(kx * kx + ky * ky + kz * kz); }
}  // namespace

std::vector<double> wavenumbers(const grid::Domain& domain) {
  const grid::Lattice& lattice = domain.lattice();
  const grid::Box& box = domain.spectral_box();
  std::vector<double> all;
  all.reserve(static_cast<std::size_t>(box.size()));
  for (std::int64_t row = 0; row < box.extent(1) * box.extent(2); ++row) {
    const grid::SpectralRow at = grid::spectral_row(box, row);
    const double ky = lattice.wavenumber(1, at.y);
    const double kx = lattice.wavenumber(2, at.kx);
    for (std::int64_t z = 0; z < lattice.n()[0]; ++z) {
      const double kz = lattice.wavenumber(0, z);
      all.push_back(length(kx, ky, kz));
    }
  }
  return all;
}

Shells Shells::of_all(const grid::Domain& domain) {
  const grid::Lattice& lattice = domain.lattice();
  const grid::Index3& n = lattice.n();
  const double longest =
      length(lattice.wavenumber(2, n[2] / 2), lattice.wavenumber(1, n[1] / 2), lattice.wavenumber(0, n[0] / 2));
  const double width =
      std::max(lattice.fundamental(), longest / static_cast<double>(*std::max_element(n.begin(), n.end())));
  // By the same arithmetic as for each mode: the longest is in the last shell.
  return {domain, width, static_cast<std::int64_t>(std::floor(longest / width + 0.5)) + 1};
}

Shells::Shells(const grid::Domain& domain, double width, std::int64_t count) : domain_(&domain), count_(count) {
  for (const double k : wavenumbers(domain)) {
    const auto shell = static_cast<std::int64_t>(std::floor(k / width + 0.5));
    shell_.push_back(shell < count ? static_cast<std::int32_t>(shell) : -1);
  }
}

}  // namespace scorefield::reduce
