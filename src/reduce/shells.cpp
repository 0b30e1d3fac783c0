#include "reduce/shells.hpp"

#include <cmath>

namespace scorefield::reduce {

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
      all.push_back(std::sqrt(kx * kx + ky * ky + kz * kz));
    }
  }
  return all;
}

Shells::Shells(const grid::Domain& domain, double width, std::int64_t count) : domain_(&domain), count_(count) {
  for (const double k : wavenumbers(domain)) {
    const auto shell = static_cast<std::int64_t>(std::floor(k / width + 0.5));
    shell_.push_back(shell < count ? static_cast<std::int32_t>(shell) : -1);
  }
}

}  // namespace scorefield::reduce
