#pragma once
/// Reads files of write_file in parallel and verifies them.

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/errors.hpp"
#include "base/mpi.hpp"
#include "io/data.hpp"
#include "io/structure.hpp"

namespace scorefield::io {

/// Every rank reads the parts it wants, on its own; verify() then tells whether the file can be trusted. Reading needs
/// no collective call, so no rank waits for one that failed.
class Reader {
 public:
  /// Collective. Rank 0 checks structure and manifest before the others open the file. FileError where the file is
  /// missing, damaged, or not one of write_file.
  Reader(const base::Comm& comm, const std::filesystem::path& path);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const FileInfo& info() const { return info_; }
  [[nodiscard]] bool has(const std::string& dataset) const;
  /// FileError where there is no such dataset.
  [[nodiscard]] const Extents& shape(const std::string& dataset) const;

  [[nodiscard]] bool has_attribute(const std::string& name) const;
  /// Root attribute; T is std::string, std::int64_t, double or std::uint64_t. FileError where it is missing or of
  /// another type.
  template <class T>
  [[nodiscard]] T attribute(const std::string& name) const {
    if (const auto* value = std::get_if<T>(&attribute_value(name))) return *value;
    throw base::FileError(path_.string() + ": attribute '" + name + "' has another type than expected");
  }

  /// Not collective. Reads a box of a dataset of exactly this type. For verify() every element must be read with
  /// `counts_in_digest` by exactly one rank. FileError on this rank alone: see base::Comm::together.
  void read(const std::string& dataset, Type type, const MutablePiece& piece, bool counts_in_digest = true);

  /// Collective. FileError naming file and dataset unless every dataset of which anything was counted was counted
  /// completely and has the digest it was written with.
  void verify() const;

 private:
  struct Tally {
    std::uint64_t digest = 0;
    std::uint64_t elements = 0;
  };
  [[nodiscard]] const DatasetInfo& dataset(const std::string& path) const;
  [[nodiscard]] const AttributeValue& attribute_value(const std::string& name) const;

  base::Comm comm_;
  std::filesystem::path path_;
  FileInfo info_;
  struct File;
  std::unique_ptr<File> file_;
  std::map<std::string, Tally> tallies_;
};

}  // namespace scorefield::io
