#pragma once
/// The checkpoints of a run in its directory.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/mpi.hpp"
#include "io/data.hpp"

namespace scorefield::io {

/// Files `checkpoint-<step>.h5`. A new one is complete and on disk before an old one goes; at least `keep` stay.
class CheckpointStore {
 public:
  /// `keep` >= 1.
  CheckpointStore(std::filesystem::path directory, int keep);

  /// Not collective (call it on one rank, or see restore orders alike on all). Newest first; those whose loading was
  /// begun but never ended (see begin_attempt) come last, so that a file that kills its reader is not tried for ever.
  [[nodiscard]] std::vector<std::filesystem::path> candidates() const;
  /// Step in the name of a checkpoint, where it is one.
  [[nodiscard]] static std::optional<std::int64_t> step_of(const std::filesystem::path& file);
  [[nodiscard]] std::filesystem::path path_of(std::int64_t step) const;

  /// Collective. Writes the checkpoint of `step` (see write_file), then removes the oldest beyond `keep`. Checkpoints
  /// of later steps, which a restart from an earlier one has passed over, are set aside.
  void write(const base::Comm& comm, std::int64_t step, const std::vector<Dataset>& datasets,
             const Attributes& attributes) const;

  /// Removes what a killed run left half-written. On one rank, while the run holds its lock.
  void sweep() const;
  /// Checkpoints that have been set aside. On one rank.
  [[nodiscard]] std::vector<std::filesystem::path> damaged() const;
  /// Renames a damaged checkpoint to `<name>.damaged`, for inspection. On one rank.
  void set_aside(const std::filesystem::path& file) const;
  /// Marks a checkpoint as being loaded, and as loaded. On one rank.
  void begin_attempt(const std::filesystem::path& file) const;
  void end_attempt(const std::filesystem::path& file) const;

 private:
  void prune(std::int64_t newest) const;

  std::filesystem::path directory_;
  int keep_;
};

}  // namespace scorefield::io
