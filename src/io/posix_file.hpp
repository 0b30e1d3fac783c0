#pragma once
/// The few POSIX calls that make a file durable. All throw FileError with path and reason. No MPI.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace scorefield::io {

/// Replaces a small text file as a whole: readers see the old text or the new one, never a part. Creates no
/// directories.
void write_text_atomically(const std::filesystem::path& path, std::string_view text);
/// The same for a file that `write` makes under the name it is given. It may throw: then nothing is left behind.
void write_atomically(const std::filesystem::path& path,
                      const std::function<void(const std::filesystem::path&)>& write);

/// Whole text of a file.
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

/// A name beside `path` that no other process uses; remove_temporaries recognises it.
[[nodiscard]] std::filesystem::path temporary_name(const std::filesystem::path& path);
/// True for names made by temporary_name.
[[nodiscard]] bool is_temporary(const std::filesystem::path& path);
/// Removes a temporary file. Never throws.
void remove_temporary(const std::filesystem::path& path) noexcept;

/// Removes what write_file and write_text_atomically leave behind in a directory when they are killed. Never throws.
void remove_temporaries(const std::filesystem::path& directory) noexcept;

/// Writes into an existing file. Many processes may, each to places of its own.
class InPlaceWriter {
 public:
  explicit InPlaceWriter(const std::filesystem::path& path);
  ~InPlaceWriter();
  InPlaceWriter(const InPlaceWriter&) = delete;
  InPlaceWriter& operator=(const InPlaceWriter&) = delete;

  void write(std::string_view bytes, std::uint64_t offset);
  /// Waits until all is on disk.
  void flush();

 private:
  std::filesystem::path path_;
  int descriptor_;
};

/// Waits until a file, or the entries of a directory, are on disk.
void flush_to_disk(const std::filesystem::path& path);
/// Renames a flushed file into place and flushes the directory.
void publish(const std::filesystem::path& temporary, const std::filesystem::path& path);

/// FileError stating the needed and the free bytes unless a file of this size fits into the directory.
void check_free_space(const std::filesystem::path& directory, std::uint64_t needed);
/// An existing file, open for reading.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path);
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// A file in memory, of which only the pages that were written exist: HDF5 lays out files here, because HDF5 1.10
/// crashes on exit after a failed write to disk.
class MemoryFile {
 public:
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// To be called once the file is open under its name: then nothing stays behind if this process is killed.
  void remove_name();
  /// For reading it back.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  void write(std::string_view bytes, std::uint64_t offset);
  /// Creates a file of the same size and contents, flushed to disk, with all its blocks taken from the file system
  /// where that can do so: then a full disk or quota shows now.
  void save(const std::filesystem::path& path) const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace scorefield::io
