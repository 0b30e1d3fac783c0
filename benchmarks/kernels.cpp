/// Times the kernels that every run is made of, next to what they are built on, in one process and interleaved:
///   mpirun -n R build/release/benchmarks/kernels
/// Prints medians and their ratios; docs/user/performance.md says what to expect.

#include <fftw3-mpi.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "base/kokkos_compat.hpp"
#include "noise/normals.hpp"
#include "run/run_deck.hpp"

namespace {

using namespace scorefield;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Median times of several actions, run in turn so that a drift of the machine's speed hits all of them.
std::vector<double> time_interleaved(const base::Comm& world, const std::vector<std::function<void()>>& actions,
                                     int rounds) {
  std::vector<std::vector<double>> times(actions.size());
  for (int round = 0; round < rounds + 1; ++round) {
    for (std::size_t i = 0; i < actions.size(); ++i) {
      world.barrier();
      const double begin = MPI_Wtime();
      actions[i]();
      world.barrier();
      if (round > 0) times[i].push_back(MPI_Wtime() - begin);  // the first round warms up
    }
  }
  std::vector<double> medians;
  for (const auto& of_action : times) medians.push_back(median(of_action));
  return medians;
}

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

/// One rank's share of a triad a = b + s c that moves `bytes` in all.
class Triad {
 public:
  explicit Triad(double bytes)
      : a_(static_cast<std::size_t>(bytes / 24.0), 1.0), b_(a_.size(), 2.0), c_(a_.size(), 3.0) {}
  void run() {
    for (std::size_t i = 0; i < a_.size(); ++i) a_[i] = b_[i] + 1.5 * c_[i];
  }

 private:
  std::vector<double> a_, b_, c_;
};

/// A chain of ula on a target, ready to step.
class Walk {
 public:
  Walk(const base::Comm& world, const model::Components& components, const std::string& shape,
       const std::string& target)
      : deck_(run::resolve_deck("run: {chains: 1}\ndomain: {shape: " + shape +
                                    "}\nsampler: {type: ula, step_size: 0.02}\ntarget: " + target + "\n",
                                "benchmark.yaml", {}, components.catalogue)),
        domain_(deck_.options.lattice(), world),
        target_(components.targets.build(deck_.options.target,
                                         model::BuildContext{.components = components, .domain = domain_, .seed = 1})),
        sampler_(components.samplers.build(deck_.options.sampler, model::SamplerContext{domain_, *target_, 1, 0})),
        chain_(sampler_->make_chain(0)) {
    sampler_->start(*chain_);
    sampler_->refresh(*chain_);
  }
  [[nodiscard]] const grid::Domain& domain() const { return domain_; }
  void step() { sampler_->step(*chain_); }

 private:
  run::ResolvedDeck deck_;
  grid::Domain domain_;
  std::unique_ptr<model::Target> target_;
  std::unique_ptr<model::Sampler> sampler_;
  std::unique_ptr<model::Chain> chain_;
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
  const base::MpiSession mpi(argc, argv);
  const Kokkos::ScopeGuard kokkos(argc, argv);
  fftw_mpi_init();
  const base::Comm world = base::Comm::world();
  model::Components components;
  app::register_all(components);

  constexpr std::int64_t count = 1 << 20;
  std::vector<double> a(count), b(count);
  const auto rate =
      time_interleaved(world, {[&] { noise::normal_pairs({.seed = 1}, 0, count, a.data(), b.data()); }}, 15);
  if (world.is_root()) std::printf("normals alone         %.3f G normals/s per rank\n", 2.0 * count / rate[0] / 1e9);
  benchmark_shape(world, components, "[128, 128, 128]", 15);
  benchmark_shape(world, components, "[360, 360]", 101);
  return 0;
}
