#include "noise/words.hpp"

#include <algorithm>

#include "noise/lanes.hpp"

namespace scorefield::noise {

namespace {

/// Calls take(first word, words of a block) for the blocks of a row: counter b has words b, b + n, b + 2 n, b + 3 n of
/// the row, n counters in all, so that each word of a block is contiguous.
template <class Take>
void for_blocks(const Stream& stream, std::int64_t row, std::int64_t count, const Take& take) {
  const std::int64_t counters = (count + 3) / 4;
  const auto some = [&]<std::int64_t block>(std::int64_t b, Words<block>& words) {
    philox_block(stream, static_cast<std::uint64_t>(row * counters + b), words);
    for (std::int64_t k = 0; k < 4; ++k) {
      const std::int64_t first = k * counters + b;
      take(first, words.w[k], std::min({block, counters - b, count - first}));
    }
  };
  std::int64_t b = 0;
  Words<64> many;  // NOLINT(cppcoreguidelines-pro-type-member-init): philox_block writes all of it
  for (; b + 64 <= counters; b += 64) some(b, many);
  Words<8> few;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (; b < counters; b += 8) some(b, few);
}

}  // namespace

void words_of_row(const Stream& stream, std::int64_t row, std::int64_t count, std::uint32_t* words) {
  for_blocks(stream, row, count, [&](std::int64_t first, const std::uint32_t* w, std::int64_t n) {
    if (n > 0) std::copy_n(w, n, words + first);
  });
}

void exponentials_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values) {
  for_blocks(stream, row, count, [&](std::int64_t first, const std::uint32_t* w, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) values[first + i] = minus_log((static_cast<double>(w[i]) + 0.5) * 0x1p-32);
  });
}

void gumbels_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values) {
  exponentials_of_row(stream, row, count, values);
  for (std::int64_t i = 0; i < count; ++i) values[i] = minus_log(values[i]);
}

}  // namespace scorefield::noise
