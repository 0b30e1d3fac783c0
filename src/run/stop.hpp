#pragma once
/// Reasons to stop before the end: signals and the wall clock.

#include <csignal>
#include <optional>
#include <string>

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
  struct sigaction old_[3];
};

/// Wall clock of a run, and the time limit it must respect.
class WallClock {
 public:
  explicit WallClock(std::optional<double> limit_seconds);
  [[nodiscard]] double elapsed() const;
  /// A checkpoint took so long.
  void note_checkpoint(double seconds);
  /// True when there is just time left for one more checkpoint: twice the longest so far and some seconds.
  [[nodiscard]] bool is_near_limit() const;

 private:
  double start_;
  std::optional<double> limit_;
  double longest_checkpoint_ = 0.0;
};

/// Seconds of a steady clock.
[[nodiscard]] double now();

}  // namespace scorefield::run
