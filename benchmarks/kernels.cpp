/// Times the kernels that every run is made of, next to what they are built on, in one process and interleaved:
///   mpirun -n R build/release/benchmarks/kernels
/// Prints medians and their ratios; docs/user/performance.md says what to expect.

#include <fftw3-mpi.h>

#include <cstdio>
#include <string>
#include <vector>

#include "support.hpp"

namespace {

using namespace scorefield;
using benchmark::time_interleaved;
using benchmark::Triad;
using benchmark::Walk;

/// FFTW-MPI's own real transforms, ESTIMATE, transposed layout: the external yardstick. In place is the least that FFTW
/// can do; out of place, as ours are, real values and modes have their own memory.
class FftwPair {
 public:
  enum class Memory { in_place, out_of_place };

  FftwPair(const base::Comm& world, const std::vector<std::int64_t>& shape, Memory memory) {
    std::vector<ptrdiff_t> n(shape.begin(), shape.end());
    std::vector<ptrdiff_t> half = n;
    half.back() = n.back() / 2 + 1;
    ptrdiff_t n0 = 0, start0 = 0, n1 = 0, start1 = 0;
    const ptrdiff_t size =
        n.size() == 3
            ? fftw_mpi_local_size_3d_transposed(half[0], half[1], half[2], world.handle(), &n0, &start0, &n1, &start1)
            : fftw_mpi_local_size_2d_transposed(half[0], half[1], world.handle(), &n0, &start0, &n1, &start1);
    values_.assign(static_cast<std::size_t>(2 * size), 0.5);
    if (memory == Memory::out_of_place) modes_ = values_;
    auto* modes = reinterpret_cast<fftw_complex*>(modes_.empty() ? values_.data() : modes_.data());
    const int rank = static_cast<int>(n.size());
    forward_ = fftw_mpi_plan_dft_r2c(rank, n.data(), values_.data(), modes, world.handle(),
                                     FFTW_ESTIMATE | FFTW_MPI_TRANSPOSED_OUT);
    backward_ = fftw_mpi_plan_dft_c2r(rank, n.data(), modes, values_.data(), world.handle(),
                                      FFTW_ESTIMATE | FFTW_MPI_TRANSPOSED_IN);
    for (const ptrdiff_t extent : n) scale_ /= static_cast<double>(extent);
  }
  ~FftwPair() {
    fftw_destroy_plan(forward_);
    fftw_destroy_plan(backward_);
  }
  FftwPair(const FftwPair&) = delete;
  FftwPair& operator=(const FftwPair&) = delete;
  void run() {
    fftw_execute(forward_);
    fftw_execute(backward_);
    for (double& value : values_) value *= scale_;  // FFTW's pair multiplies by N; ours does not
  }

 private:
  std::vector<double> values_, modes_;
  fftw_plan forward_ = nullptr;
  fftw_plan backward_ = nullptr;
  double scale_ = 1.0;
};

void benchmark_shape(const base::Comm& world, const model::Components& components, const std::string& shape,
                     int rounds) {
  const std::string prior = "{type: gaussian_field, spectrum: {type: matern, correlation_length: 5.0}}";
  Walk posterior(world, components, shape,
                 "{type: posterior, prior: " + prior +
                     ", likelihoods: [{type: linear, data: {mock_seed: 1}, operators: [{type: mask, border: 0.2}], "
                     "noise: {type: gaussian, std: 1.0}}]}");
  Walk prior_alone(world, components, shape, prior);
  const grid::Domain& domain = posterior.domain();
  const grid::Field real(domain, "real");
  const grid::SpectralField modes(domain, "modes");
  noise::fill_white(domain, {.seed = 3}, real);
  FftwPair fftw(world, domain.lattice().shape(), FftwPair::Memory::in_place);
  FftwPair fftw_out_of_place(world, domain.lattice().shape(), FftwPair::Memory::out_of_place);
  // A step reads or writes, per mode, five complex and two real numbers in the proposal and the prior, and per cell
  // four.
  const double local_modes = static_cast<double>(domain.spectral_box().size());
  const double local_cells = static_cast<double>(domain.real_box().size());
  Triad triad(local_modes * (7 * 16.0 + 2 * 8.0) + local_cells * 4 * 8.0);
  std::uint64_t round = 0;
  const auto t = time_interleaved(
      world,
      {[&] {
         grid::forward(domain, real, modes);
         grid::backward(domain, modes, real);
       },
       [&] { fftw.run(); }, [&] { noise::fill_white(domain, {.seed = 3, .step = ++round}, modes); },
       [&] { triad.run(); }, [&] { posterior.step(); }, [&] { fftw_out_of_place.run(); }, [&] { prior_alone.step(); }},
      rounds);
  if (!world.is_root()) return;
  const double sites = static_cast<double>(domain.lattice().sites());
  std::printf("%-16s ranks %d\n", shape.c_str(), world.size());
  std::printf("  FFT pair            %9.3f ms   FFTW-MPI (transposed) %9.3f ms   ratio %.2f\n", 1e3 * t[0], 1e3 * t[1],
              t[0] / t[1]);
  std::printf("                                     out of place          %9.3f ms   ratio %.2f\n", 1e3 * t[5],
              t[0] / t[5]);
  std::printf("  white modes         %9.3f ms   %.3f G normals/s per rank\n", 1e3 * t[2],
              sites / t[2] / 1e9 / world.size());
  std::printf("  triad, same bytes   %9.3f ms\n", 1e3 * t[3]);
  std::printf(
      "  Langevin step       %9.3f ms   external parts (FFTW-MPI pair + normals + triad) %9.3f ms   ratio %.2f\n",
      1e3 * t[4], 1e3 * (t[1] + t[2] + t[3]), t[4] / (t[1] + t[2] + t[3]));
  std::printf("  Langevin step, no FFT (Gaussian field alone)   %9.3f ms\n", 1e3 * t[6]);
}

}  // namespace

int main(int argc, char** argv) {
  const benchmark::Session session(argc, argv);
  const base::Comm& world = session.world;
  const model::Components& components = session.components;
  fftw_mpi_init();

  constexpr std::int64_t count = 1 << 20;
  std::vector<double> a(count), b(count);
  const auto rate =
      time_interleaved(world, {[&] { noise::normal_pairs({.seed = 1}, 0, count, a.data(), b.data()); }}, 15);
  if (world.is_root()) std::printf("normals alone         %.3f G normals/s per rank\n", 2.0 * count / rate[0] / 1e9);
  benchmark_shape(world, components, "[128, 128, 128]", 15);
  benchmark_shape(world, components, "[360, 360]", 101);
  return 0;
}
