#include "run/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "run/stop.hpp"

namespace scorefield::run {

std::string human_time(double seconds) {
  const auto s = std::lround(seconds);
  if (s >= 3600) return fmt::format("{} h {:02} min", s / 3600, s % 3600 / 60);
  if (s >= 60) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} s", s);
}

Progress::Progress(const base::Log& log, bool is_root, std::int64_t first_step, std::int64_t steps,
                   double interval_seconds)
    : log_(log),
      is_root_(is_root),
      is_terminal_(isatty(STDERR_FILENO) == 1),
      first_step_(first_step),
      steps_(steps),
      interval_(interval_seconds),
      start_(now()),
      last_(start_) {}

void Progress::update(std::int64_t step, const std::string& phase, const std::string& details) {
  if (!is_root_) return;
  const double time = now();
  const bool is_line_due = time - last_ >= interval_;
  if (!is_line_due && !(is_terminal_ && time - last_ >= std::min(interval_, 0.2))) return;
  const double rate = static_cast<double>(step - first_step_) / std::max(1e-9, time - start_);
  const double left = rate > 0.0 ? static_cast<double>(steps_ - step) / rate : 0.0;
  const std::string text =
      fmt::format("{} step {}/{} ({:.0f} %), {:.3g} steps/s, {} to go{}", phase, step, steps_,
                  100.0 * static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(1, steps_)), rate,
                  human_time(left), details.empty() ? "" : ", " + details);
  if (is_terminal_) {
    constexpr int width = 24;
    const auto full = static_cast<int>(width * step / std::max<std::int64_t>(1, steps_));
    std::fprintf(stderr, "\r[%s%s] %s\x1b[K", std::string(static_cast<std::size_t>(full), '#').c_str(),
                 std::string(static_cast<std::size_t>(width - full), '.').c_str(), text.c_str());
    std::fflush(stderr);
    bar_shown_ = true;
    if (is_line_due) log_.note(text);
  } else {
    log_.info(text);
  }
  last_ = time;
}

void Progress::finish() {
  if (bar_shown_) std::fputc('\n', stderr);
  bar_shown_ = false;
}

}  // namespace scorefield::run
