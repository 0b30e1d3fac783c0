#pragma once

#include <filesystem>
#include <vector>

#include "base/mpi.hpp"
#include "model/picture.hpp"

namespace scorefield::run {

/// Collective. Draws pictures of data sets of the directory's samples.h5 into the same directory. The root works alone,
/// a band of rows at a time. FileError on all ranks.
void write_pictures(const base::Comm& world, const std::filesystem::path& directory,
                    const std::vector<model::Picture>& pictures);

}  // namespace scorefield::run
