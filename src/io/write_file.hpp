#pragma once
/// Writes HDF5 files that are complete or not there.

#include <filesystem>
#include <vector>

#include "base/mpi.hpp"
#include "io/data.hpp"

namespace scorefield::io {

/// Collective. Writes a whole file under a temporary name beside it, flushes it, and renames it, so that at any moment
/// `path` is the old file or the complete new one. Every dataset carries a `digest`, the file a `manifest` (see
/// structure.hpp): readers recognise any damage.
///
/// Rank 0 lays out the file with serial HDF5 (names, shapes, attributes, space), then every rank writes its pieces through
/// parallel HDF5, each on its own: nothing collective happens while anything can fail, and no metadata is written by more
/// than one process.
///
/// Errors: FileError on all ranks, with the old file untouched and the temporary one removed. Values are not looked at:
/// whether they are finite is the caller's to check.
void write_file(const base::Comm& comm, const std::filesystem::path& path, const std::vector<Dataset>& datasets,
                const Attributes& attributes, const std::vector<VirtualDataset>& virtual_datasets = {});

/// Removes what write_file and write_text_atomically leave behind in a directory when they are killed.
void remove_temporaries(const std::filesystem::path& directory);

}  // namespace scorefield::io
