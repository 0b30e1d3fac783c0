// Samples a distribution of one's own with scorefield's lattice, noise and MALA.
//
//   mpirun -n 2 own_loop            about 2 s on 2 cores; prints the same digits on any number of ranks
//
// The target is the free lattice field, E(x) = 1/2 sum_i [ m^2 x_i^2 + sum_axes (x_(i+axis) - x_i)^2 ]: a Gaussian
// field, so the mean energy is known, half the number of cells. The program compares and fails where the samples
// disagree.
#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstdio>
#include <vector>

#include "base/mpi.hpp"
#include "reduce/diagnostics.hpp"
#include "reduce/rows.hpp"
#include "samplers/langevin/langevin.hpp"

using namespace scorefield;

// In Fourier space E = 1/(2N) sum_k w_k q(k) |xhat|^2 with q(k) = m^2 + sum_axes 4 sin^2(pi mode / n).
struct FreeField final : model::Target {
  const grid::Domain& domain;
  double mass_squared;
  FreeField(const grid::Domain& on, double m2) : domain(on), mass_squared(m2) {}

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override {
    const grid::SpectralField& modes = x.fourier();  // transformed only where it is not known yet
    const grid::Index3 n = domain.lattice().n();
    const double m2 = mass_squared;
    const double per_site = 1.0 / static_cast<double>(domain.lattice().sites());
    base::Complex* g = nullptr;
    bool fresh = true;  // true: nobody has written the gradient yet, so assign; else add
    if (gradient != nullptr) {
      const auto part = gradient->fourier_part();
      g = part.field.data();
      fresh = part.fresh;
    }
    // One row is a line of z; rows are never split over ranks, and sum_of_rows joins them exactly.
    reduce::ExactSum energy = reduce::sum_of_rows("free field", modes.rows(), [=](std::int64_t row) {
      const grid::SpectralRow at = grid::spectral_row(modes.box(), row);
      const auto lattice_k2 = [](std::int64_t mode, std::int64_t size) {
        const double s = std::sin(M_PI * static_cast<double>(mode) / static_cast<double>(size));
        return 4.0 * s * s;
      };
      const base::Complex* v = modes.data() + row * n[0];
      double sum = 0.0;
      for (std::int64_t z = 0; z < n[0]; ++z) {
        const double q = m2 + lattice_k2(z, n[0]) + lattice_k2(at.y, n[1]) + lattice_k2(at.kx, n[2]);
        sum += q * (v[z].real() * v[z].real() + v[z].imag() * v[z].imag());
        if (g != nullptr) g[row * n[0] + z] = fresh ? q * v[z] : g[row * n[0] + z] + q * v[z];
      }
      return 0.5 * per_site * reduce::mode_weight(at.kx, n[2]) * sum;
    });
    energy.all_reduce(domain.comm());
    return energy;
  }
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(domain.lattice().sites()); }
};

int main(int argc, char** argv) {
  const base::MpiSession mpi(argc, argv);
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const grid::Domain domain(grid::Lattice({32, 32}, {1.0, 1.0}), base::Comm::world());
  FreeField target(domain, 2.0);

  const std::int64_t chains = 2, warmup = 1000, draws = 5000;
  samplers::MalaOptions options;    // the options of a deck, with their defaults
  options.preconditioner = "none";  // this target offers no spectrum to build one from
  samplers::Mala sampler(options, {domain, target, /*seed*/ 7, warmup});
  std::vector<double> energies;
  for (std::int64_t id = 0; id < chains; ++id) {
    const auto chain = sampler.make_chain(id);
    sampler.start(*chain);
    sampler.refresh(*chain);
    while (chain->step < warmup + draws) {
      sampler.step(*chain);
      if (chain->step > warmup) energies.push_back(chain->energy.value());
    }
  }

  const reduce::Diagnosis energy = reduce::diagnose({chains, draws, energies.data()});
  const double exact = 0.5 * target.degrees_of_freedom();
  const double z = (energy.mean - exact) / energy.mcse_mean;
  if (domain.comm().is_root()) {
    std::printf("mean energy %.17g +- %.2g, exact %g, z = %.2f, R-hat %.3f, ESS %.0f\n", energy.mean, energy.mcse_mean,
                exact, z, energy.rhat, energy.ess_bulk);
  }
  return std::abs(z) < 5.0 ? 0 : 1;
}
