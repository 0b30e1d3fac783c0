#pragma once

#include <string>
#include <vector>

#include "grid/field.hpp"

namespace scorefield::model {

/// Collective. Reads one data set of an HDF5 file (of whatever origin) into each component of a field without halo;
/// each rank reads its own rows. Throws base::FileError on all ranks, naming file, data set, found and expected shape.
void read_field(const grid::Domain& domain, const std::string& path, const std::vector<std::string>& datasets,
                const grid::Field& field);

}  // namespace scorefield::model
