#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/errors.hpp"

namespace scorefield::run {

/// status.json: what scripts read, since mpirun may hide the exit code.
/// {"state": "running|complete|stopped|failed", "code": 0, "step": 120, "steps": 1000, "ranks": 2,
/// "sampling_seconds": 3.217, "advice": "..."}
struct Status {
  std::string state = "running";
  base::ExitCode code = base::ExitCode::done;
  std::int64_t step = 0;
  std::int64_t steps = 0;
  int ranks = 1;
  double sampling_seconds = 0.0;  ///< wall clock of the steps after the warm-up, over all launches; 0 where unknown
  std::string advice = {};

  [[nodiscard]] std::string to_json() const;
};

/// Last words of a rank whose run makes no progress (`stall`), on stderr and in status.json; for a Watchdog.
void report_stall(const std::filesystem::path& directory, int rank, Status status, const std::string& stall);

/// In double quotes, as JSON and YAML read it, whatever is in it.
[[nodiscard]] std::string quoted(const std::string& text);

/// Replaces the file as a whole; a failure to write it is not worth failing a run and is passed over.
void write_status(const std::filesystem::path& directory, const Status& status);

}  // namespace scorefield::run
