#pragma once
/// Digests of arrays and texts. HDF5 itself does not notice a flipped bit in contiguous data; these do.

#include <cstdint>
#include <string_view>

#include "io/data.hpp"

namespace scorefield::io {

/// A bijection of 64-bit words in which every output bit depends on every input bit: the finaliser of SplitMix64
/// (Steele, Lea, Flood 2014, variant 13 of Stafford).
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

/// Contribution of a piece to the digest of its array: the sum over its elements of mix64(bits(x_i) ^ mix64(i + 1)) mod
/// 2^64, where i is the element's linear index in the global array of this shape. Elements of fewer than 8 bytes are
/// extended by zeros. The digest of an array is the sum over the pieces that cover it, whatever the pieces are.
[[nodiscard]] std::uint64_t digest_piece(Type type, const Extents& shape, const Piece& piece);
[[nodiscard]] std::uint64_t digest_piece(Type type, const Extents& shape, const Extents& offset, const Extents& count,
                                         const void* data);

/// Digest of a text.
[[nodiscard]] std::uint64_t digest_text(std::string_view text);

}  // namespace scorefield::io
