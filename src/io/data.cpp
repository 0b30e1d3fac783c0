#include "io/data.hpp"

namespace scorefield::io {

std::string to_string(Type type) {
  switch (type) {
    case Type::float64: return "float64";
    case Type::float32: return "float32";
    case Type::int64: return "int64";
    case Type::uint64: return "uint64";
    case Type::uint8: return "uint8";
  }
  return "unknown";
}

std::uint64_t size_of(Type type) {
  switch (type) {
    case Type::float32: return 4;
    case Type::uint8: return 1;
    default: return 8;
  }
}

std::uint64_t product(const Extents& extents) {
  std::uint64_t result = 1;
  for (const std::uint64_t n : extents) result *= n;
  return result;
}

std::string to_string(const Extents& extents) {
  if (extents.empty()) return "scalar";
  std::string text;
  for (const std::uint64_t n : extents) text += (text.empty() ? "" : " x ") + std::to_string(n);
  return text;
}

}  // namespace scorefield::io
