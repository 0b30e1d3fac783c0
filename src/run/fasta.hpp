#pragma once

#include <filesystem>
#include <string>

#include "base/mpi.hpp"

namespace scorefield::run {

/// Collective. Writes the draws of the directory's samples.h5 as letters to draws.fasta: chain after chain, a record
/// ">chain_draw" for each stored draw, both from 0. Nothing where there are no letters or no draws. The root works
/// alone, some draws at a time. FileError on all ranks.
void write_fasta(const base::Comm& world, const std::filesystem::path& directory, const std::string& alphabet);

}  // namespace scorefield::run
