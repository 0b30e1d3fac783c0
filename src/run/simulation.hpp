#pragma once
/// The run: steps, observations, checkpoints, stops.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "io/checkpoint_store.hpp"
#include "model/components.hpp"
#include "run/groups.hpp"
#include "run/output.hpp"
#include "run/record.hpp"
#include "run/run_deck.hpp"
#include "run/status.hpp"
#include "run/stop.hpp"
#include "run/watchdog.hpp"

namespace scorefield::run {

/// What to do with checkpoints in the output directory: "auto" goes on from the newest that can be trusted, "never"
/// begins anew, anything else is the path of the checkpoint to go on from.
struct Restart {
  std::string from = "auto";
};

/// One run of a deck on all ranks of `world`, from start or checkpoint to end or stop. All chains advance in lockstep
/// on groups of ranks; how ranks are grouped changes no number.
class Simulation {
 public:
  /// Collective. The directory exists and is this run's alone.
  Simulation(const base::Comm& world, const ResolvedDeck& deck, const model::Components& components,
             std::filesystem::path directory, const base::Log& log);

  /// Collective; a SignalGuard of the caller must live. ExitCode::done or ExitCode::stopped. Throws base::NumericsError
  /// after a checkpoint of the last good state.
  base::ExitCode run(const Restart& restart);
  /// Steps done.
  [[nodiscard]] std::int64_t step() const { return step_; }
  /// Wall-clock seconds of this rank in the steps after the warm-up, over all launches, without checkpoints.
  [[nodiscard]] double sampling_seconds() const { return sampling_seconds_; }
  [[nodiscard]] std::int64_t steps() const { return deck_->options.total_steps(); }
  /// What to do after an end with this code.
  [[nodiscard]] std::string advice(base::ExitCode code) const;

 private:
  void begin(const Restart& restart);
  /// Loads the first of a list of checkpoints, one a line, that can be trusted.
  void load_newest_of(const std::string& list);
  /// Takes up a checkpoint, or says which draws that it needs are lost: the checkpoint itself is whole then. FileError
  /// where it is not, DeckError where the deck does not fit it.
  [[nodiscard]] std::string load(const std::filesystem::path& file);
  /// One step of every chain that has not done it; the text of what broke, or empty.
  std::optional<base::NumericsError> advance();
  [[nodiscard]] GroupPlan plan_of(int rank) const;
  /// All replicas of all chains, and where they live.
  [[nodiscard]] model::Ensemble make_ensemble();
  void observe();
  /// Collective: what the chains of a finished run counted that their draws do not show.
  void warn_of_trouble() const;
  enum class Verdict { go_on, checkpoint, stop, broken };
  /// Collective: the gravest that any rank has seen of the step just done. One exchange serves all reasons.
  Verdict agree(bool is_broken);
  [[nodiscard]] bool is_checkpoint_due(std::int64_t step) const;
  void write_checkpoint(const std::string& state);
  void tell_status(const std::string& state) const;
  [[nodiscard]] std::vector<Record*> record_pointers();
  [[nodiscard]] std::string phase_name() const { return step_ < deck_->options.run.warmup ? "warm-up" : "sampling"; }

  base::Comm world_;
  const ResolvedDeck* deck_;
  std::filesystem::path directory_;
  const base::Log& log_;
  WallClock clock_;
  Watchdog watchdog_;
  std::int64_t replicas_;  // of each chain of the deck
  GroupPlan plan_;         // of all replicas of all chains
  grid::Domain domain_;
  std::unique_ptr<model::Target> target_;
  std::unique_ptr<model::Sampler> sampler_;
  Observables observables_;
  std::vector<Record> records_;
  std::optional<model::Ensemble> ensemble_;  // where the sampler couples replicas
  std::unique_ptr<Output> output_;
  io::CheckpointStore checkpoints_;
  std::int64_t step_ = 0;
  double checkpoint_time_ = 0.0;
  double sampling_seconds_ = 0.0;
};

}  // namespace scorefield::run
