#pragma once

#include <string>

#include "grid/field.hpp"

namespace scorefield::model {

/// Collective. Grey levels of an image on a 2-D lattice, its first row at y = 0: of a picture (io::read_grey_image, 0
/// to 255), which the root reads and deals out, or of a data set of an HDF5 file (read_field). Throws base::FileError
/// on all ranks, naming found and expected shape.
void read_image(const grid::Domain& domain, const std::string& path, const std::string& dataset,
                const grid::Field& levels);

}  // namespace scorefield::model
