#pragma once
/// Grey pictures in files. No MPI.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace scorefield::io {

/// Grey levels from 0 (black) to 255 (white), row by row from the top.
struct GreyImage {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::uint8_t> levels;
};

/// True for files that begin as PNG, PGM or PBM do. FileError where it cannot be read.
[[nodiscard]] bool is_grey_image(const std::filesystem::path& path);

/// PNG of any kind (colours become grey, what is transparent white), PGM (P2 and P5, up to 255 levels, stretched to
/// 255) or PBM (P1 and P4). FileError saying what is wrong with the file.
[[nodiscard]] GreyImage read_grey_image(const std::filesystem::path& path);

/// An 8-bit grey PNG: the whole file, flushed, or none. FileError.
void write_png(const std::filesystem::path& path, const GreyImage& image);

}  // namespace scorefield::io
