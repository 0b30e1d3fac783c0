#pragma once
/// A directory for the files of one test, removed at its end.

#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "base/mpi.hpp"

namespace scorefield::test {

class ScratchDirectory {
 public:
  /// Collective; rank 0 creates and removes it.
  explicit ScratchDirectory(base::Comm comm = base::Comm::self()) : comm_(std::move(comm)) {
    std::string name = (std::filesystem::temp_directory_path() / "scorefield-test-XXXXXX").string();
    if (comm_.is_root() && ::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
    path_ = comm_.broadcast(name);
  }
  ~ScratchDirectory() {
    comm_.barrier();
    std::error_code ignored;
    if (comm_.is_root()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  base::Comm comm_;
  std::filesystem::path path_;
};

}  // namespace scorefield::test
