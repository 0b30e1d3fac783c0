#pragma once
/// What files hold: datasets, the parts of them that ranks own, and attributes. Plain values, no HDF5.

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace scorefield::io {

/// Extents or positions along the axes of an array, slowest axis first (C order).
using Extents = std::vector<std::uint64_t>;

enum class Type { float64, float32, int64, uint64, uint8 };

/// "float64", ...
[[nodiscard]] std::string to_string(Type type);
/// Bytes of one element.
[[nodiscard]] std::uint64_t size_of(Type type);
/// Number of elements; 1 for an empty list, which is the shape of a scalar.
[[nodiscard]] std::uint64_t product(const Extents& extents);
/// "4 x 360 x 360"
[[nodiscard]] std::string to_string(const Extents& extents);

/// The part of a dataset that one rank holds: the box [offset, offset + count) of the global array. `data` points to
/// its values, contiguous and in the same axis order; it must stay valid until the file is written.
struct Piece {
  Extents offset, count;
  const void* data = nullptr;
};

/// The same for reading.
struct MutablePiece {
  Extents offset, count;
  void* data = nullptr;
};

using AttributeValue = std::variant<std::string, std::int64_t, double, std::uint64_t>;
using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

/// A dataset to be written. All ranks pass the same path, type, shape, unit and attributes; the pieces of all ranks
/// together cover the array exactly once.
struct Dataset {
  std::string path;  ///< absolute, for example "/chains/step"; groups on the way are created
  Type type = Type::float64;
  Extents shape = {};
  std::vector<Piece> pieces = {};
  std::string unit = "1";
  Attributes attributes = {};
};

/// One file behind a virtual dataset.
struct VirtualSource {
  std::string file;          ///< relative to the directory of the file that holds the virtual dataset
  std::string dataset;       ///< path in that file
  std::uint64_t offset = 0;  ///< where the source begins along `axis` of the virtual dataset
  Extents shape;             ///< of the source; equal to the virtual dataset's but along `axis`
};

/// An array in one file whose values lie in others. Where a source is missing it reads as NaN (as 0 for integers).
struct VirtualDataset {
  std::string path;
  Type type = Type::float64;
  Extents shape;
  std::size_t axis = 0;
  std::vector<VirtualSource> sources = {};
  std::string unit = "1";
  Attributes attributes = {};
};

}  // namespace scorefield::io
