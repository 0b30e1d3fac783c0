#pragma once

#include <cstdint>
#include <string>

#include "base/log.hpp"

namespace scorefield::run {

/// Tells how far a run is: a bar with rate and time to go on a terminal, lines at intervals otherwise.
class Progress {
 public:
  Progress(const base::Log& log, bool is_root, std::int64_t first_step, std::int64_t steps, double interval_seconds);
  /// Not collective.
  void update(std::int64_t step, const std::string& phase, const std::string& details);
  /// Ends the line of the bar.
  void finish();

 private:
  const base::Log& log_;
  bool is_root_;
  bool is_terminal_;
  std::int64_t first_step_, steps_;
  double interval_, start_, last_;
  bool bar_shown_ = false;
};

/// "1 h 02 min", "3 min 20 s", "12 s"
[[nodiscard]] std::string human_time(double seconds);

}  // namespace scorefield::run
