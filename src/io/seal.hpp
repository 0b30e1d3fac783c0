#pragma once
/// The first bytes of our files: a seal over everything in them but the values.
///
/// HDF5 checks most of its own metadata, but not all (the heap of variable-length strings has no checksum), and
/// HDF5 1.10 crashes when it parses a damaged part. So the seal is checked before HDF5 sees a file. It stands in the
/// user block, which HDF5 leaves to applications, and is readable text. The values have digests of their own (see
/// digest.hpp).

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace scorefield::io {

/// Bytes of a file that hold values.
struct ValueRegion {
  std::uint64_t offset = 0, bytes = 0;
};

/// Size of the user block for a file with this many datasets: a power of two, as HDF5 wants it.
[[nodiscard]] std::uint64_t seal_size(std::size_t datasets);

/// Contents of the user block for an open file of which all is written but the block and the values.
[[nodiscard]] std::string make_seal(int descriptor, std::vector<ValueRegion> regions, std::uint64_t block);

/// False where a file carries no seal: it was not written by scorefield. FileError where it cannot be read, or where
/// anything but its values has changed.
[[nodiscard]] bool check_seal(const std::filesystem::path& path);

}  // namespace scorefield::io
