#pragma once
/// RAII and error texts for the HDF5 C API. Only the .cpp files of io/ include this.

#include <hdf5.h>

#include <filesystem>
#include <string>
#include <utility>

#include "io/data.hpp"

namespace scorefield::io {

/// An HDF5 identifier with the function that closes it.
class H5 {
 public:
  using Closer = herr_t (*)(hid_t);

  H5() = default;
  /// Takes over `id`; throws FileError("<what>: <HDF5's reason>") where it is negative.
  H5(hid_t id, Closer closer, const std::string& what);
  ~H5() { reset(); }
  H5(H5&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), closer_(other.closer_) {}
  H5& operator=(H5&& other) noexcept {
    if (this != &other) {
      reset();
      id_ = std::exchange(other.id_, H5I_INVALID_HID);
      closer_ = other.closer_;
    }
    return *this;
  }
  H5(const H5&) = delete;
  H5& operator=(const H5&) = delete;

  [[nodiscard]] hid_t get() const noexcept { return id_; }
  /// Closes now and throws FileError where that fails: for files, whose last writes happen here.
  void close(const std::string& what);

 private:
  void reset() noexcept;

  hid_t id_ = H5I_INVALID_HID;
  Closer closer_ = nullptr;
};

/// Throws FileError("<what>: <HDF5's reason>") for negative results.
void h5_check(herr_t result, const std::string& what);
/// HDF5's innermost reasons, in one line; empties its error stack.
[[nodiscard]] std::string h5_reason();
/// HDF5 prints no error stacks of its own (kept per thread by HDF5, so it is said on every entry).
void h5_quiet();

/// Type in memory, and in files (little-endian).
[[nodiscard]] hid_t memory_type(Type type);
[[nodiscard]] hid_t file_type(Type type);

/// A dataspace; a scalar one for no extents.
[[nodiscard]] H5 make_space(const Extents& shape);
/// Selects a box; everything for a scalar space.
void select_box(hid_t space, const Extents& offset, const Extents& count, const std::string& what);

/// Opens an existing file for reading by this process alone. No lock is taken: files appear by rename and never change,
/// and locks fail on many network file systems.
[[nodiscard]] H5 open_for_reading(const std::filesystem::path& path);
/// Opens a dataset for reading. No source of a virtual dataset is looked for outside the file's own directory.
[[nodiscard]] H5 open_dataset(hid_t file, const std::string& dataset, const std::string& file_name);

/// At most this many bytes go through one call of HDF5.
constexpr std::uint64_t block_bytes = std::uint64_t{1} << 28;

/// Reads a box block by block into contiguous memory of `type`.
void read_box(hid_t dataset, hid_t type, std::uint64_t element_size, const Extents& offset, const Extents& count,
              void* data, const std::string& what);

}  // namespace scorefield::io
