#include "run/stop.hpp"

#include <algorithm>
#include <chrono>

namespace scorefield::run {

namespace {
// A signal handler can reach nothing but an object of static storage; it is private to this file and reset by the
// guard.
volatile std::sig_atomic_t received_signal = 0;
void on_signal(int signal) { received_signal = signal; }
constexpr int caught[] = {SIGUSR1, SIGTERM, SIGINT};
}  // namespace

SignalGuard::SignalGuard() {
  received_signal = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // system calls of MPI and HDF5 must not fail with EINTR
  for (int i = 0; i < 3; ++i) sigaction(caught[i], &action, &old_[i]);
}

SignalGuard::~SignalGuard() {
  for (int i = 0; i < 3; ++i) sigaction(caught[i], &old_[i], nullptr);
}

int SignalGuard::received() noexcept { return received_signal; }

std::string SignalGuard::name(int signal) {
  switch (signal) {
    case SIGUSR1: return "SIGUSR1";
    case SIGTERM: return "SIGTERM";
    case SIGINT: return "SIGINT";
    default: return "signal " + std::to_string(signal);
  }
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

bool TimeToStop::is_due(double elapsed, double limit) const {
  const double margin = std::min(5.0, 0.1 * limit);
  return elapsed + 2.0 * longest_step + 2.0 * longest_checkpoint + margin >= limit;
}

WallClock::WallClock(std::optional<double> limit_seconds, double first_checkpoint_seconds)
    : start_(now()), limit_(limit_seconds), needed_{.longest_checkpoint = first_checkpoint_seconds} {}

void WallClock::note_step(double seconds) { needed_.longest_step = std::max(needed_.longest_step, seconds); }

void WallClock::note_checkpoint(double seconds) {
  needed_.longest_checkpoint = std::max(needed_.longest_checkpoint, seconds);
}

bool WallClock::is_near_limit() const { return limit_ && needed_.is_due(now() - start_, *limit_); }

std::string reason_to_stop(const base::Comm& world) {
  const auto signal = static_cast<int>(world.max(SignalGuard::received()));
  return signal != 0 ? SignalGuard::name(signal) : "run.wall_clock";
}

}  // namespace scorefield::run
