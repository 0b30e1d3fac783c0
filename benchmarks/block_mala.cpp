/// What the accept test per block is worth on phi^4 (m2 = -1, coupling .5):
///   build/release/benchmarks/block_mala                independent values of local observables per second against mala
///   mpirun -n 2 build/release/benchmarks/block_mala    weak scaling from one rank to two
///
/// Both chains have 1024 x 1024 sites, adapt their steps, and start from one state that block_mala has brought to
/// equilibrium. Local observables are phi and phi^2 in probe cells 32 sites apart, which know nothing of each other:
/// the autocorrelation function averaged over them is precise even where a single cell saw few independent values.

#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "support.hpp"

namespace {

using namespace scorefield;

const char* const target = "{type: phi4, mass_squared: -1.0, coupling: 0.5}";
constexpr std::int64_t n = 1024;
constexpr std::int64_t probe_distance = 32;
constexpr std::int64_t per_row = n / probe_distance;
constexpr std::int64_t probes = per_row * per_row;
constexpr int groups = 16;  // of probes, for errors

/// Values of the probes, of all of them at each recorded step.
using Series = std::vector<double>;

void read_probes(model::Chain& chain, Series& series) {
  const double* x = chain.x.real().data();
  for (std::int64_t i = 0; i < probes; ++i) series.push_back(x[(i / per_row * n + i % per_row) * probe_distance]);
}

/// Average of products of deviations from the mean this many records apart, for the probes of each group.
std::array<double, groups> covariance(const Series& deviations, std::int64_t lag) {
  constexpr std::int64_t size = probes / groups;
  const auto records = static_cast<std::int64_t>(deviations.size()) / probes - lag;
  std::array<double, groups> sums{};
  for (std::int64_t t = 0; t < records; ++t) {
    for (std::size_t group = 0; group < groups; ++group) {
      const double* a = deviations.data() + t * probes + static_cast<std::int64_t>(group) * size;
      for (std::int64_t i = 0; i < size; ++i) sums.at(group) += a[i] * a[i + lag * probes];
    }
  }
  for (double& sum : sums) sum /= static_cast<double>(records * size);
  return sums;
}

struct Estimate {
  double value, error;
};

/// Integrated autocorrelation time 1 + 2 sum rho(t), summed up to six times itself (Sokal), in records; its error by
/// jackknife over the groups.
Estimate autocorrelation_time(Series series) {
  double mean = 0.0;
  for (const double value : series) mean += value / static_cast<double>(series.size());
  for (double& value : series) value -= mean;
  const auto total = [](const std::array<double, groups>& a) { return std::accumulate(a.begin(), a.end(), 0.0); };
  const std::array<double, groups> variance = covariance(series, 0);
  const auto longest = static_cast<std::int64_t>(series.size()) / probes / 4;
  std::array<double, groups> tail{};
  double tau = 1.0;
  for (std::int64_t lag = 1; lag < longest && static_cast<double>(lag) < 6.0 * tau; ++lag) {
    const std::array<double, groups> at_lag = covariance(series, lag);
    for (std::size_t group = 0; group < groups; ++group) tail.at(group) += at_lag.at(group);
    tau += 2.0 * total(at_lag) / total(variance);
  }
  double squares = 0.0;
  for (std::size_t group = 0; group < groups; ++group) {
    const double without = 1.0 + 2.0 * (total(tail) - tail.at(group)) / (total(variance) - variance.at(group));
    squares += std::pow(without - tau, 2);
  }
  return {tau, std::sqrt(squares * (groups - 1) / groups)};
}

void compare_with_mala(const base::Comm& world, const model::Components& components) {
  const std::string shape = "[1024, 1024]";
  constexpr int block_warmup = 400;
  constexpr int mala_warmup = 800;
  benchmark::Walk blocks(world, components, shape, target, "{type: block_mala}", block_warmup);
  for (int step = 0; step < block_warmup; ++step) blocks.step();
  benchmark::Walk mala(world, components, shape, target, "{type: mala}", mala_warmup);
  mala.chain().x.copy_from(blocks.chain().x, model::Space::real);
  mala.refresh();
  for (int step = 0; step < mala_warmup; ++step) mala.step();
  const auto seconds = benchmark::time_interleaved(world, {[&] { blocks.step(); }, [&] { mala.step(); }}, 41);

  struct Run {
    const char* name;
    benchmark::Walk* walk;
    int steps, stride;  // every stride-th step is recorded
    double seconds;
    std::array<Estimate, 2> tau;  // of phi and of phi^2, in steps
  };
  std::array<Run, 2> runs{Run{"block_mala", &blocks, 1500, 1, seconds[0], {}},
                          Run{"mala", &mala, 12000, 10, seconds[1], {}}};
  for (Run& run : runs) {
    Series phi;
    double acceptance = 0.0;
    for (int step = 0; step < run.steps; ++step) {
      run.walk->step();
      acceptance += run.walk->chain().acceptance / run.steps;
      if (step % run.stride == 0) read_probes(run.walk->chain(), phi);
    }
    Series square;
    for (const double value : phi) square.push_back(value * value);
    run.tau = {autocorrelation_time(phi), autocorrelation_time(square)};
    for (Estimate& tau : run.tau) tau = {tau.value * run.stride, tau.error * run.stride};
    std::printf(
        "%-10s  %s, acceptance %.2f, %5.1f ms a step; autocorrelation time of phi %.1f(%.1f), phi^2 %.1f(%.1f) of "
        "%d steps\n",
        run.name, run.walk->status().c_str(), acceptance, 1e3 * run.seconds, run.tau[0].value, run.tau[0].error,
        run.tau[1].value, run.tau[1].error, run.steps);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const Estimate& a = runs[0].tau.at(i);
    const Estimate& b = runs[1].tau.at(i);
    const double ratio = b.value * runs[1].seconds / (a.value * runs[0].seconds);
    std::printf("ESS per second of %-5s: block_mala / mala = %.1f(%.1f)\n", i == 0 ? "phi" : "phi^2", ratio,
                ratio * std::hypot(a.error / a.value, b.error / b.value));
  }
}

/// A chain of 1024 x 1024 sites on the first rank alone, one on each rank at the same time, and one chain with as many
/// sites for each rank. The second tells what cores and memory that are shared cost, whatever the program does.
void scale(const base::Comm& world, const model::Components& components) {
  const std::string sampler = "{type: block_mala, step_size: 0.1}";
  benchmark::Walk alone(base::Comm::self(), components, "[1024, 1024]", target, sampler);
  const std::string shape = "[" + std::to_string(n * world.size()) + ", 1024]";
  benchmark::Walk together(world, components, shape, target, sampler);
  const auto seconds = benchmark::time_interleaved(world,
                                                   {[&] {
                                                      if (world.is_root()) alone.step();
                                                    },
                                                    [&] { alone.step(); }, [&] { together.step(); }},
                                                   101);
  if (!world.is_root()) return;
  std::printf(
      "a sweep of 1024 x 1024 sites on one rank %.2f ms, on each of %d ranks %.2f ms; of %s sites on all %.2f ms\n",
      1e3 * seconds[0], world.size(), 1e3 * seconds[1], shape.c_str(), 1e3 * seconds[2]);
  std::printf("weak scaling %.1f %%; against chains of their own at the same time %.1f %%\n",
              100.0 * seconds[0] / seconds[2], 100.0 * seconds[1] / seconds[2]);
}

}  // namespace

int main(int argc, char** argv) {
  const benchmark::Session session(argc, argv);
  const base::Comm& world = session.world;
  const model::Components& components = session.components;
  if (world.size() == 1) {
    compare_with_mala(world, components);
  } else {
    scale(world, components);
  }
  return 0;
}
