#pragma once
/// Reasons to stop before the end: signals and the wall clock.

#include <csignal>
#include <optional>
#include <string>

#include "base/mpi.hpp"

namespace scorefield::run {

/// Catches SIGUSR1, SIGTERM and SIGINT while it lives: they ask for a checkpoint and an orderly stop. One at a time.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  /// The signal that came, or 0. Each rank sees its own: agree on it.
  [[nodiscard]] static int received() noexcept;
  [[nodiscard]] static std::string name(int signal);

 private:
  struct sigaction old_[3]{};
};

/// What a run must still do between a decision to go on and its end, at worst. In seconds.
struct TimeToStop {
  double longest_step = 0.0;
  double longest_checkpoint = 0.0;

  /// True when another step might leave too little of `limit` for a checkpoint: there must be time for two of the
  /// longest step and two of the longest checkpoint so far, and a margin of a tenth of the limit or 5 s for
  /// MPI_Finalize.
  [[nodiscard]] bool is_due(double elapsed, double limit) const;
};

/// Wall clock of a run, and the time limit it must respect.
class WallClock {
 public:
  /// `first_checkpoint_seconds`: what a checkpoint is taken to cost before one was seen.
  WallClock(std::optional<double> limit_seconds, double first_checkpoint_seconds);
  /// A step, or a checkpoint, took so long.
  void note_step(double seconds);
  void note_checkpoint(double seconds);
  [[nodiscard]] bool is_near_limit() const;

 private:
  double start_;
  std::optional<double> limit_;
  TimeToStop needed_;
};

/// Collective, where a run stops early: the signal that any rank got, or "run.wall_clock".
[[nodiscard]] std::string reason_to_stop(const base::Comm& world);

/// Seconds of a steady clock.
[[nodiscard]] double now();

}  // namespace scorefield::run
