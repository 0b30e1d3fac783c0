#include "io/digest.hpp"

#include <cstring>

#include "io/box.hpp"

namespace scorefield::io {

namespace {

template <class Word>
std::uint64_t digest_words(const Extents& shape, const Extents& offset, const Extents& count, const void* data) {
  const auto* const bytes = static_cast<const unsigned char*>(data);
  std::uint64_t sum = 0;
  for_each_run(shape, offset, count, [&](std::uint64_t global, std::uint64_t local, std::uint64_t length) {
    const unsigned char* const run = bytes + local * sizeof(Word);
    for (std::uint64_t i = 0; i < length; ++i) {
      Word word;
      std::memcpy(&word, run + i * sizeof(Word), sizeof(Word));
      // + 1 because mix64(0) = 0: a zero at index 0 would not count.
      sum += mix64(static_cast<std::uint64_t>(word) ^ mix64(global + i + 1));
    }
  });
  return sum;
}

}  // namespace

std::uint64_t digest_piece(Type type, const Extents& shape, const Extents& offset, const Extents& count,
                           const void* data) {
  switch (size_of(type)) {
    case 1: return digest_words<std::uint8_t>(shape, offset, count, data);
    case 4: return digest_words<std::uint32_t>(shape, offset, count, data);
    default: return digest_words<std::uint64_t>(shape, offset, count, data);
  }
}

std::uint64_t digest_piece(Type type, const Extents& shape, const Piece& piece) {
  return digest_piece(type, shape, piece.offset, piece.count, piece.data);
}

std::uint64_t digest_text(std::string_view text) {
  std::uint64_t state = text.size();
  for (std::size_t i = 0; i < text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, std::min<std::size_t>(8, text.size() - i));
    state = mix64(state ^ mix64(word + 0x9e3779b97f4a7c15ULL)) + 0x9e3779b97f4a7c15ULL;
  }
  return mix64(state);
}

}  // namespace scorefield::io
