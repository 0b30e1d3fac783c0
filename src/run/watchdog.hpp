#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace scorefield::run {

/// Ends the process with exit code 5 when nothing has called alive() for too long: a hang in a file system or in MPI
/// would otherwise use up the whole allocation.
class Watchdog {
 public:
  /// `last_words` is called from the watchdog's own thread just before the end; it must not call MPI.
  Watchdog(double seconds, std::function<void(const std::string& message)> last_words);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Progress was made; `phase` (a literal) is what comes next.
  void alive(const char* phase) {
    phase_ = phase;
    ++beats_;
  }

 private:
  std::atomic<std::uint64_t> beats_{0};
  std::atomic<const char*> phase_{"start"};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace scorefield::run
