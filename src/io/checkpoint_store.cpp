#include "io/checkpoint_store.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "base/errors.hpp"
#include "io/posix_file.hpp"
#include "io/write_file.hpp"

namespace scorefield::io {

namespace {

std::filesystem::path with_suffix(std::filesystem::path path, const char* suffix) { return path += suffix; }

constexpr const char* attempt_suffix = ".attempt";

/// Steps and files, newest first.
std::vector<std::pair<std::int64_t, std::filesystem::path>> list(const std::filesystem::path& directory) {
  std::vector<std::pair<std::int64_t, std::filesystem::path>> found;
  std::error_code none_yet;
  const std::filesystem::directory_iterator entries(directory, none_yet);
  // A directory that cannot be read is not one without checkpoints.
  if (none_yet && none_yet != std::errc::no_such_file_or_directory) {
    throw base::FileError("cannot list " + directory.string() + ": " + none_yet.message());
  }
  for (const auto& entry : entries) {
    if (const auto step = CheckpointStore::step_of(entry.path())) found.emplace_back(*step, entry.path());
  }
  std::sort(found.rbegin(), found.rend());
  return found;
}

/// Restarts from a checkpoint that were begun and not ended. One may have been preempted; two may have died of the
/// file.
int attempts_on(const std::filesystem::path& checkpoint) {
  int attempts = 0;
  std::ifstream(with_suffix(checkpoint, attempt_suffix)) >> attempts;
  return attempts;
}

}  // namespace

CheckpointStore::CheckpointStore(std::filesystem::path directory, int keep)
    : directory_(std::move(directory)), keep_(std::max(keep, 1)) {}

std::optional<std::int64_t> CheckpointStore::step_of(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const std::string before = "checkpoint-", after = ".h5";
  if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size())
    return std::nullopt;
  std::int64_t step = 0;
  const char* const end = name.data() + name.size() - after.size();
  const auto [stop, error] = std::from_chars(name.data() + before.size(), end, step);
  if (error != std::errc() || stop != end || step < 0) return std::nullopt;
  return step;
}

std::filesystem::path CheckpointStore::path_of(std::int64_t step) const {
  return directory_ / ("checkpoint-" + std::to_string(step) + ".h5");
}

std::vector<std::filesystem::path> CheckpointStore::candidates() const {
  std::vector<std::filesystem::path> files;
  for (auto& [step, file] : list(directory_)) files.push_back(std::move(file));
  std::stable_partition(files.begin(), files.end(),
                        [](const std::filesystem::path& file) { return attempts_on(file) < 2; });
  return files;
}

void CheckpointStore::write(const base::Comm& comm, std::int64_t step, const std::vector<Dataset>& datasets,
                            const Attributes& attributes) const {
  write_file(comm, path_of(step), datasets, attributes);
  comm.together([&] {
    if (comm.is_root()) prune(step);
  });
}

void CheckpointStore::prune(std::int64_t newest) const {
  end_attempt(path_of(newest));
  int kept = 0;
  for (const auto& [step, file] : list(directory_)) {
    if (step > newest) {
      set_aside(file);
    } else if (++kept > keep_) {
      std::error_code stays;  // One file too many is no reason to stop a run.
      std::filesystem::remove(file, stays);
      end_attempt(file);
    }
  }
}

void CheckpointStore::sweep() const { remove_temporaries(directory_); }

void CheckpointStore::set_aside(const std::filesystem::path& file) const {
  std::error_code stays;
  std::filesystem::rename(file, with_suffix(file, ".damaged"), stays);
  end_attempt(file);
}

std::vector<std::filesystem::path> CheckpointStore::damaged() const {
  std::vector<std::filesystem::path> files;
  std::error_code none_yet;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, none_yet)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("checkpoint-") && name.ends_with(".damaged")) files.push_back(entry.path());
  }
  return files;
}

void CheckpointStore::begin_attempt(const std::filesystem::path& file) const {
  const int attempts = attempts_on(file) + 1;
  write_text_atomically(with_suffix(file, attempt_suffix),
                        std::to_string(attempts) + " restarts from this checkpoint were begun and not ended\n");
}

void CheckpointStore::end_attempt(const std::filesystem::path& file) const {
  std::error_code gone;
  std::filesystem::remove(with_suffix(file, attempt_suffix), gone);
}

}  // namespace scorefield::io
