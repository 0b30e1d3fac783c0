#include "run/resources.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "grid/fft.hpp"
#include "run/groups.hpp"
#include "run/output.hpp"

namespace scorefield::run {

namespace {
/// Code, tables and buffers of the libraries that a run touches, beyond those of MPI_Init: measured on Debian 12.
constexpr std::uint64_t library_bytes = 12'000'000;
}  // namespace

Resources estimate_resources(const RunDeck& deck, const model::Components& components, int ranks) {
  const grid::Lattice lattice = deck.lattice();
  Resources r;
  r.ranks = ranks;
  // All ranks share a task: as if it were one chain.
  const std::int64_t replicas = deck.task ? 1 : components.replicas_of(deck.sampler, lattice);
  const std::int64_t all_chains = deck.task ? 1 : deck.run.chains * replicas;
  const auto ranks_per_chain = deck.task ? std::nullopt : deck.run.ranks_per_chain;
  std::int64_t groups = 1;
  for (int rank = 0; rank < ranks; ++rank) {
    const GroupPlan plan = plan_groups(all_chains, ranks, rank, ranks_per_chain);
    r.chains_of_rank = std::max(r.chains_of_rank, plan.last_chain - plan.first_chain);
    groups = plan.groups;
  }
  const std::int64_t smallest_group = std::max<std::int64_t>(1, ranks / groups);
  r.ranks_of_chain = (ranks + groups - 1) / groups;
  const grid::Partition partition(lattice, static_cast<int>(smallest_group));
  for (int rank = 0; rank < smallest_group; ++rank) {
    const grid::Box real = partition.real_box(rank);
    const grid::Box spectral = partition.spectral_box(rank);
    if (real.empty()) ++r.empty_ranks;
    if (real.size() > r.largest_real.size()) r.largest_real = real;
    if (spectral.size() > r.largest_spectral.size()) r.largest_spectral = spectral;
  }
  const double cells = static_cast<double>(r.largest_real.size());
  const double modes = static_cast<double>(r.largest_spectral.size());
  const double chains = static_cast<double>(r.chains_of_rank);

  const double sites = static_cast<double>(lattice.sites());
  const double fft = static_cast<double>(grid::Fft::bytes(lattice, partition));
  const model::ChainFootprint worker = components.footprint(deck.task ? deck.task : deck.sampler);
  const model::ChainFootprint target = components.footprint(deck.target);
  model::Footprint total = target.shared + worker.shared + chains * (target.chain + worker.chain);
  const auto bytes_of = [&](const model::Footprint& fields) {
    return 8.0 * cells * fields.real_fields + 16.0 * modes * fields.spectral_fields +
           8.0 * modes * fields.diagonal_fields;
  };
  if (deck.task) {
    r.bytes_per_rank = library_bytes + static_cast<std::uint64_t>(bytes_of(total) + fft);
    r.bytes_of_samples = static_cast<std::uint64_t>(8 * components.values_of(deck.task, lattice));
    return r;
  }
  for (const auto& observable : deck.observables) total += components.footprint(observable).shared;
  total.real_fields += 2.0 * chains;         // running moments
  total.real_fields += 2.0;                  // summary maps while samples.h5 is written
  if (groups > 1) total.real_fields += 4.0;  // moments on their way between groups
  const double buffer = deck.output.fields_every > 0
                            ? static_cast<double>(draws_in_buffer(deck, r.largest_real.size() * r.chains_of_rank)) *
                                  cells * chains * (deck.output.precision == "float32" ? 4.0 : 8.0)
                            : 0.0;
  // Traces of energy, acceptance and the observables, at the end of the run.
  std::int64_t values = 2;
  for (const auto& observable : deck.observables) {
    if (observable.type != "energy" && observable.type != "acceptance")
      values += components.values_of(observable, lattice);
  }
  const double trace = 8.0 * static_cast<double>(deck.run.draws);  // of one value of one chain
  const double all_traces = trace * static_cast<double>(values) * static_cast<double>(all_chains);
  const double own_traces = trace * static_cast<double>(values) * chains;
  // Own ones twice while a checkpoint is written, all of them for samples.h5, and the diagnostics of one value at a
  // time: copies of all its chains, and the transforms of one chain with zeros behind it.
  constexpr double diagnostics_copies = 8.0;
  constexpr double transforms = 24.0;
  const double traces =
      2.0 * own_traces + all_traces + trace * (diagnostics_copies * static_cast<double>(deck.run.chains) + transforms);
  r.bytes_per_rank = library_bytes + static_cast<std::uint64_t>(bytes_of(total) + buffer + fft + traces);

  const double half_spectrum = sites / static_cast<double>(lattice.n()[2]) * static_cast<double>(lattice.half());
  // State and moments; velocities and what is learned beside the state and gradient that all chains have.
  const double carried = 16.0 * half_spectrum * std::max(0.0, worker.chain.spectral_fields - 2.0) +
                         8.0 * half_spectrum * worker.chain.diagonal_fields;
  r.bytes_of_checkpoint = static_cast<std::uint64_t>(
      static_cast<double>(all_chains) * (16.0 * half_spectrum + 16.0 * sites + carried) + all_traces);
  r.bytes_of_samples = static_cast<std::uint64_t>(8.0 * sites * (2.0 + total.real_fields / 2.0) + all_traces);
  if (deck.output.fields_every > 0) {
    const std::int64_t stored = deck.run.draws / deck.output.fields_every;
    r.bytes_of_draws =
        static_cast<std::uint64_t>(static_cast<double>(deck.run.chains) * sites *
                                   (deck.output.precision == "float32" ? 4.0 : 8.0) * static_cast<double>(stored));
  }
  return r;
}

ProcessMemory process_memory() {
  ProcessMemory memory;
  std::ifstream status("/proc/self/status");
  std::string key;
  std::int64_t kilobytes = 0;
  for (std::string line; std::getline(status, line);) {
    std::istringstream words(line);
    if (!(words >> key >> kilobytes)) continue;
    if (key == "VmRSS:") memory.resident = 1024 * kilobytes;
    if (key == "VmHWM:") memory.high_water = 1024 * kilobytes;
  }
  return memory;
}

}  // namespace scorefield::run
