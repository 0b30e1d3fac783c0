#pragma once
/// Reading and verifying files in one process without MPI: for login nodes, and for data files that others wrote.

#include <filesystem>
#include <string>
#include <vector>

#include "io/structure.hpp"

namespace scorefield::io {

/// Values of a dataset of any numeric type, as doubles. FileError that lists the datasets there are where it is
/// missing.
[[nodiscard]] std::vector<double> read_serial(const std::filesystem::path& path, const std::string& dataset);
/// The box [offset, offset + count) alone.
[[nodiscard]] std::vector<double> read_serial(const std::filesystem::path& path, const std::string& dataset,
                                              const Extents& offset, const Extents& count);

/// What verify_file finds about a dataset.
enum class Health {
  ok,          ///< has the digest it was written with
  damaged,     ///< has another, or cannot be read
  missing,     ///< virtual, and a file behind it is missing
  unverified,  ///< carries no digest: not written by scorefield
};
[[nodiscard]] std::string to_string(Health health);

struct DatasetHealth {
  DatasetInfo info;
  Health health = Health::ok;
  std::string note;  ///< what is wrong, for the user; empty where nothing is
};

/// Reads everything in a file, the files behind its virtual datasets included, and compares digests. FileError where
/// the file cannot be opened, or where its structure disagrees with its manifest.
[[nodiscard]] std::vector<DatasetHealth> verify_file(const std::filesystem::path& path);

/// Where the draws [first, first + count) lie, relative to samples.h5.
[[nodiscard]] std::string segment_file_name(std::int64_t first, std::int64_t count);

/// Verifies a file whose manifest must be `manifest`; returns what is wrong, or "".
[[nodiscard]] std::string problem_with(const std::filesystem::path& path, std::uint64_t manifest);

}  // namespace scorefield::io
