#pragma once
/// A deck with a task: its work, the stop in between, and result.h5 at its end.

#include <filesystem>
#include <memory>

#include "base/log.hpp"
#include "model/components.hpp"
#include "run/run_deck.hpp"
#include "run/stop.hpp"
#include "run/watchdog.hpp"

namespace scorefield::run {

/// All ranks share the target. There are no checkpoints: a run that was stopped begins anew, and result.h5 is there
/// only when it is complete.
class TaskRun {
 public:
  /// Collective. Throws base::DeckError where the directory holds the samples of a run.
  TaskRun(const base::Comm& world, const ResolvedDeck& deck, const model::Components& components,
          std::filesystem::path directory, const base::Log& log);

  /// Collective. The exit code: done or stopped. `restart` as on the command line: a file is refused.
  base::ExitCode run(const std::string& restart);
  [[nodiscard]] std::int64_t step() const { return step_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  /// None: a task does not sample.
  [[nodiscard]] static double sampling_seconds() { return 0.0; }
  /// What to do after an end with this code.
  [[nodiscard]] std::string advice(base::ExitCode code) const;

 private:
  void tell_status(const std::string& state) const;
  void write_result(const model::Findings& findings) const;

  const base::Comm& world_;
  const ResolvedDeck* deck_;
  std::filesystem::path directory_;
  const base::Log& log_;
  WallClock clock_;
  std::int64_t step_ = 0;
  std::int64_t steps_ = 1;  // until the task is there and says more
  std::unique_ptr<Watchdog> watchdog_;
  grid::Domain domain_;
  std::unique_ptr<model::Target> target_;
  std::unique_ptr<model::Task> task_;
};

}  // namespace scorefield::run
