#include "io/run_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <system_error>
#include <thread>

#include "base/errors.hpp"
#include "io/posix_file.hpp"

namespace scorefield::io {

namespace {

/// Who holds the lock, for the one who does not get it.
std::string signature() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::ostringstream text;
  text << "process " << ::getpid() << " on " << host.data();
  if (const char* job = std::getenv("SLURM_JOB_ID")) text << ", job " << job;
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%d %H:%M:%S UTC", &utc);
  text << ", since " << date.data() << '\n';
  return text.str();
}

}  // namespace

RunLock::RunLock(const base::Comm& comm, const std::filesystem::path& directory, std::chrono::milliseconds patience) {
  try {
    comm.together([&] {
      if (comm.is_root()) take(directory / "run.lock", patience);
    });
  } catch (...) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw;
  }
  warning_ = comm.broadcast(warning_);
}

RunLock::~RunLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void RunLock::take(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  const auto fail = [&](const std::string& what, int code) {
    throw base::FileError(what + " " + file.string() + ": " + std::generic_category().message(code));
  };
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail("cannot open", errno);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int code = errno;
    if (code == ENOSYS || code == ENOLCK || code == EOPNOTSUPP) {
      warning_ =
          "the file system of " + file.string() + " has no locks: make sure that no other run uses this directory";
      return;
    }
    if (code == EINTR) continue;
    if (code != EWOULDBLOCK) fail("cannot lock", code);
    if (std::chrono::steady_clock::now() >= deadline) {
      std::string holder = read_text(file);
      while (!holder.empty() && holder.back() == '\n') holder.pop_back();
      throw base::FileError("another run is at work in " + file.parent_path().string() + ": " + holder,
                            "wait until it has ended, or choose another output.directory");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const std::string text = signature();
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, text.data(), text.size(), 0) < 0) {
    // The lock holds all the same; only the message to a second run would be poorer.
    warning_ = "cannot write to " + file.string();
  }
}

}  // namespace scorefield::io
