#pragma once
/// Typed errors and the exit codes users and scripts rely on (see docs/user/exit-codes.md).
///
/// Every user-facing failure is one of these types, thrown on all ranks of a communicator together (see
/// base::Comm::agree) and caught once, in src/app, which prints it once and maps it to its exit code.

#include <stdexcept>
#include <string>
#include <utility>

namespace scorefield::base {

enum class ExitCode : int {
  done = 0,
  usage = 2,      ///< the deck or the command line is wrong
  file = 3,       ///< a file cannot be read, written or trusted
  numerics = 4,   ///< NaN or divergence
  watchdog = 5,   ///< no progress
  internal = 70,  ///< a defect of scorefield: aborted
  stopped = 75,   ///< stopped early after a complete checkpoint: run the same command again
};

/// Base of all errors that end a run in an orderly way. `advice` says what the user can do about it.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& what, std::string advice)
      : std::runtime_error(what), code_(code), advice_(std::move(advice)) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& advice() const noexcept { return advice_; }

 private:
  ExitCode code_;
  std::string advice_;
};

/// The deck or the command line is wrong (exit 2). The text holds every problem found, one per line.
class DeckError : public Error {
 public:
  explicit DeckError(const std::string& what,
                     std::string advice = "correct the deck; `scorefield describe` lists every option")
      : Error(ExitCode::usage, what, std::move(advice)) {}
};

/// A file cannot be read, written or trusted (exit 3).
class FileError : public Error {
 public:
  explicit FileError(const std::string& what, std::string advice = "check the path, the permissions and the free space")
      : Error(ExitCode::file, what, std::move(advice)) {}
};

/// The numbers broke: NaN, infinity or divergence (exit 4).
class NumericsError : public Error {
 public:
  explicit NumericsError(const std::string& what,
                         std::string advice = "reduce sampler.step_size or check the data for bad values")
      : Error(ExitCode::numerics, what, std::move(advice)) {}
};

}  // namespace scorefield::base
