#pragma once
/// One run at a time in a directory.

#include <chrono>
#include <filesystem>
#include <string>

#include "base/mpi.hpp"

namespace scorefield::io {

/// Holds a lock on `run.lock` of a directory until destroyed. The kernel releases it when the process dies, however it
/// dies: there are no stale locks to remove by hand.
class RunLock {
 public:
  /// Collective; rank 0 locks. FileError naming host, process and job of the holder where another run has the directory
  /// after `patience` (the last run may still be on its way out). Where the file system has no locks, warning() says
  /// so.
  RunLock(const base::Comm& comm, const std::filesystem::path& directory,
          std::chrono::milliseconds patience = std::chrono::seconds(3));
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  /// Empty where the lock is held.
  [[nodiscard]] const std::string& warning() const { return warning_; }

 private:
  void take(const std::filesystem::path& file, std::chrono::milliseconds patience);

  int descriptor_ = -1;
  std::string warning_;
};

}  // namespace scorefield::io
