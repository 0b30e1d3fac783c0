#pragma once
/// What the benchmarks share: interleaved timing, a triad as the yardstick of memory, a chain ready to step.

#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_gettime is POSIX

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "base/kokkos_compat.hpp"
#include "noise/normals.hpp"
#include "run/run_deck.hpp"

namespace scorefield::benchmark {

/// What every benchmark begins with: MPI, Kokkos and the components.
struct Session {
  base::MpiSession mpi;
  Kokkos::ScopeGuard kokkos;
  base::Comm world = base::Comm::world();
  model::Components components;

  Session(int argc, char** argv) : mpi(argc, argv), kokkos(argc, argv) { app::register_all(components); }
};

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Seconds that this thread has had of its core: waiting for others that share it does not count, waiting in MPI does.
inline double core_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Median times of several actions, run in turn so that a drift of the machine's speed hits all of them.
inline std::vector<double> time_interleaved(const base::Comm& world, const std::vector<std::function<void()>>& actions,
                                            int rounds, double (*clock)() = MPI_Wtime) {
  std::vector<std::vector<double>> times(actions.size());
  for (int round = 0; round < rounds + 1; ++round) {
    for (std::size_t i = 0; i < actions.size(); ++i) {
      world.barrier();
      const double begin = clock();
      actions[i]();
      world.barrier();
      if (round > 0) times[i].push_back(clock() - begin);  // the first round warms up
    }
  }
  std::vector<double> medians;
  for (const auto& of_action : times) medians.push_back(median(of_action));
  return medians;
}

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

/// A chain of a sampler on a target, ready to step.
class Walk {
 public:
  Walk(const base::Comm& world, const model::Components& components, const std::string& shape,
       const std::string& target, const std::string& sampler = "{type: ula, step_size: 0.02}", std::int64_t warmup = 0)
      : deck_(run::resolve_deck(
            "run: {chains: 1}\ndomain: {shape: " + shape + "}\nsampler: " + sampler + "\ntarget: " + target + "\n",
            "benchmark.yaml", {}, components.catalogue)),
        domain_(deck_.options.lattice(), world),
        target_(components.targets.build(deck_.options.target,
                                         model::BuildContext{.components = components, .domain = domain_, .seed = 1})),
        sampler_(components.samplers.build(deck_.options.sampler, model::SamplerContext{domain_, *target_, 1, warmup})),
        chain_(sampler_->make_chain(0)) {
    sampler_->start(*chain_);
    sampler_->refresh(*chain_);
  }
  [[nodiscard]] const grid::Domain& domain() const { return domain_; }
  [[nodiscard]] model::Chain& chain() const { return *chain_; }
  void step() { sampler_->step(*chain_); }
  /// Energy, gradient and acceptance of a state that was put there or left for later.
  void refresh() {
    sampler_->refresh(*chain_);
    sampler_->settle(*chain_);
  }
  [[nodiscard]] std::string status() const { return sampler_->status(*chain_); }

 private:
  run::ResolvedDeck deck_;
  grid::Domain domain_;
  std::unique_ptr<model::Target> target_;
  std::unique_ptr<model::Sampler> sampler_;
  std::unique_ptr<model::Chain> chain_;
};

}  // namespace scorefield::benchmark
