#include "io/posix_file.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "base/errors.hpp"
#include "io/structure.hpp"

namespace scorefield::io {

namespace {

constexpr std::string_view temporary_mark = ".tmp-";

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path, int code) {
  throw base::FileError(what + " " + path.string() + ": " + std::generic_category().message(code));
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, const std::string& what)
      : id_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (id_ < 0) fail(what, path, errno);
  }
  ~Descriptor() {
    if (id_ >= 0) ::close(id_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return id_; }

 private:
  int id_;
};

void write_all_at(int descriptor, std::string_view bytes, std::uint64_t offset, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

std::filesystem::path temporary_name(const std::filesystem::path& path) {
  // The time tells apart processes of the same number on different nodes.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ticks = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  std::ostringstream name;
  name << path.string() << temporary_mark << std::hex << ::getpid() << '-' << ticks;
  return name.str();
}

bool is_temporary(const std::filesystem::path& path) {
  return path.filename().string().find(temporary_mark) != std::string::npos;
}

namespace {

template <class Predicate>
void remove_where(const std::filesystem::path& directory, const Predicate& chosen) noexcept {
  try {
    std::error_code ignored;
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
      if (chosen(entry.path())) found.push_back(entry.path());
    }
    for (const auto& file : found) std::filesystem::remove(file, ignored);
  } catch (const std::exception&) {
    // The next run's sweep takes what is left.
  }
}

}  // namespace

void remove_temporary(const std::filesystem::path& path) noexcept {
  std::error_code stays;  // the next run's sweep takes it
  std::filesystem::remove(path, stays);
}

void remove_temporaries(const std::filesystem::path& directory) noexcept { remove_where(directory, is_temporary); }

InPlaceWriter::InPlaceWriter(const std::filesystem::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CLOEXEC)) {
  // On a cluster most likely because the directory is not shared by all nodes.
  if (descriptor_ < 0) fail("rank 0 has created this file, but another rank cannot open", path, errno);
}

InPlaceWriter::~InPlaceWriter() { ::close(descriptor_); }

void InPlaceWriter::write(std::string_view bytes, std::uint64_t offset) {
  write_all_at(descriptor_, bytes, offset, path_);
}

void InPlaceWriter::flush() {
  if (::fsync(descriptor_) != 0) fail("cannot flush", path_, errno);
}

void flush_to_disk(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY, "cannot open");
  // Some network file systems cannot flush a directory; there the rename is as durable as it gets.
  if (::fsync(file.get()) != 0 && !(errno == EINVAL && std::filesystem::is_directory(path))) {
    fail("cannot flush", path, errno);
  }
}

void publish(const std::filesystem::path& temporary, const std::filesystem::path& path) {
  if (std::rename(temporary.c_str(), path.c_str()) != 0)
    fail("cannot rename " + temporary.string() + " to", path, errno);
  flush_to_disk(directory_of(path));
}

void check_free_space(const std::filesystem::path& directory, std::uint64_t needed) {
  struct statvfs space {};
  if (::statvfs(directory.c_str(), &space) != 0) fail("cannot look at", directory, errno);
  const std::uint64_t available = std::uint64_t{space.f_bavail} * space.f_frsize;
  if (available < needed) {
    throw base::FileError("no space on the device of " + directory.string() + ": " + human_bytes(needed) + " needed, " +
                              human_bytes(available) + " free",
                          "free some space or choose another output.directory");
  }
}

OpenFile::OpenFile(const std::filesystem::path& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) fail("cannot open", path, errno);
}

OpenFile::~OpenFile() { ::close(descriptor_); }

MemoryFile::MemoryFile() {
  std::error_code missing;
  const std::filesystem::path shared_memory = "/dev/shm";
  const bool there = std::filesystem::is_directory(shared_memory, missing);
  std::string name = ((there ? shared_memory : std::filesystem::temp_directory_path()) / "scorefield-XXXXXX").string();
  descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail("cannot create", name, errno);
  path_ = name;
}

MemoryFile::~MemoryFile() {
  remove_name();
  ::close(descriptor_);
}

void MemoryFile::remove_name() {
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

void MemoryFile::write(std::string_view bytes, std::uint64_t offset) {
  write_all_at(descriptor_, bytes, offset, "a file in memory");
}

void MemoryFile::save(const std::filesystem::path& path) const {
  const off_t size = ::lseek(descriptor_, 0, SEEK_END);
  {
    const Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL, "cannot create");
    if (::ftruncate(file.get(), size) != 0) fail("cannot extend", path, errno);
    if (::fallocate(file.get(), 0, 0, size) != 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO)) {
      fail("cannot get " + human_bytes(static_cast<std::uint64_t>(size)) + " for", path, errno);
    }
  }
  InPlaceWriter file(path);
  std::vector<char> buffer;
  for (off_t begin = 0; (begin = ::lseek(descriptor_, begin, SEEK_DATA)) >= 0;) {
    const off_t end = ::lseek(descriptor_, begin, SEEK_HOLE);
    if (end < 0) fail("cannot read the layout of", path, errno);
    buffer.resize(static_cast<std::size_t>(end - begin));
    if (::pread(descriptor_, buffer.data(), buffer.size(), begin) != end - begin)
      fail("cannot read the layout of", path, EIO);
    file.write({buffer.data(), buffer.size()}, static_cast<std::uint64_t>(begin));
    begin = end;
  }
  if (errno != ENXIO) fail("cannot read the layout of", path, errno);  // ENXIO: no more data
  file.flush();
}

void write_atomically(const std::filesystem::path& path,
                      const std::function<void(const std::filesystem::path&)>& write) {
  const std::filesystem::path temporary = temporary_name(path);
  try {
    write(temporary);
    flush_to_disk(temporary);
    publish(temporary, path);
  } catch (...) {
    remove_temporary(temporary);
    throw;
  }
}

void write_text_atomically(const std::filesystem::path& path, std::string_view text) {
  write_atomically(path, [&](const std::filesystem::path& temporary) {
    const Descriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL, "cannot create");
    write_all_at(file.get(), text, 0, temporary);
  });
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw base::FileError("cannot read " + path.string());
  return text.str();
}

}  // namespace scorefield::io
