#pragma once
/// What a file holds, as seen by one process without MPI; and the manifest that makes it tamper-evident.

#include <filesystem>
#include <string>
#include <vector>

#include "io/data.hpp"

namespace scorefield::io {

struct DatasetInfo {
  std::string path;  ///< absolute
  std::string type;  ///< as io::to_string(Type) names it; "int32" and the like in files of others
  Extents shape;
  Attributes attributes;               ///< scalar ones, by name; `unit` and `digest` among them
  std::vector<VirtualSource> sources;  ///< not empty for a virtual dataset
  bool is_virtual = false;

  /// The unit stated in the file, or "".
  [[nodiscard]] std::string unit() const;
};

struct FileInfo {
  bool sealed = false;                ///< see seal.hpp
  Attributes attributes;              ///< of the root group, by name
  std::vector<DatasetInfo> datasets;  ///< by path

  [[nodiscard]] const DatasetInfo* find(const std::string& path) const;
};

/// nullptr where there is none.
[[nodiscard]] const AttributeValue* find_attribute(const Attributes& attributes, const std::string& name);

/// "512 kB", "1.2 GB"
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

/// Digest over all names, types, shapes, sources and attributes (the digests of the datasets among them), but not over
/// the root attribute `manifest`, where it is kept.
[[nodiscard]] std::uint64_t manifest_of(FileInfo info);

/// Lists any HDF5 file. FileError where it cannot be opened or read. Needs no MPI.
[[nodiscard]] FileInfo describe_file(const std::filesystem::path& path);

/// FileError unless the file is sealed, carries a manifest, and its structure agrees with it.
void check_manifest(const FileInfo& info, const std::filesystem::path& path);

}  // namespace scorefield::io
