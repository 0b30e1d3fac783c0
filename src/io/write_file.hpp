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
/// Rank 0 lays out the file with HDF5 (names, shapes, attributes, one contiguous place for the values of each dataset),
/// then every rank writes its pieces straight to their places. So nothing collective happens while anything can fail:
/// with MPI-IO underneath, one rank whose open or write failed left the others waiting for ever (see
/// docs/decisions/parallel-files.md).
///
/// Errors: FileError on all ranks, with the old file untouched and the temporary one removed. Values are not looked at:
/// whether they are finite is the caller's to check.
void write_file(const base::Comm& comm, const std::filesystem::path& path, const std::vector<Dataset>& datasets,
                const Attributes& attributes, const std::vector<VirtualDataset>& virtual_datasets = {});

}  // namespace scorefield::io
