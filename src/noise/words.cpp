#include "noise/words.hpp"

#include <algorithm>
#include <cmath>

#include "noise/lanes.hpp"

namespace scorefield::noise {

namespace {

double uniform(std::uint32_t word) { return (static_cast<double>(word) + 0.5) * 0x1p-32; }

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

void uniforms_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values) {
  for_blocks(stream, row, count, [&](std::int64_t first, const std::uint32_t* w, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) values[first + i] = uniform(w[i]);
  });
}

void exponentials_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values) {
  for_blocks(stream, row, count, [&](std::int64_t first, const std::uint32_t* w, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) values[first + i] = minus_log(uniform(w[i]));
  });
}

namespace {

/// In single precision first, whose errors are below 4e-5: of u by dropping its last bit where the word is large
/// enough, of the limit and the logarithm. Where one of some cells is nearer than that, all are worked out anew.
void accept(const std::uint32_t* w, std::int64_t n, const double* limit, std::uint8_t* is_taken) {
  constexpr float margin = 5e-5F;
  constexpr std::uint32_t small_word = 1U << 16;
  std::int32_t unsure = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const float u = (static_cast<float>(static_cast<std::int32_t>(w[i] >> 1)) + 0.5F) * 0x1p-31F;
    const float distance = static_cast<float>(limit[i]) - rough_minus_log(u);
    is_taken[i] = distance < 0.0F ? 1 : 0;
    unsure |= static_cast<std::int32_t>(std::abs(distance) < margin) | static_cast<std::int32_t>(w[i] < small_word);
  }
  if (unsure == 0) return;
  for (std::int64_t i = 0; i < n; ++i) is_taken[i] = limit[i] < minus_log(uniform(w[i])) ? 1 : 0;
}

}  // namespace

void accepts_of_row(const Stream& stream, std::int64_t row, std::int64_t count, std::int64_t limits,
                    const double* limit, std::uint8_t* is_taken) {
  for_blocks(stream, row, count, [&](std::int64_t first, const std::uint32_t* w, std::int64_t n) {
    accept(w, std::min(n, limits - first), limit + first, is_taken + first);
  });
}

namespace {

/// The site of a word that has the bits of planes 2 pair and 2 pair + 1.
std::uint64_t site_of(std::uint64_t word, int pair) { return static_cast<std::uint64_t>(pair) << 43 | word; }

void draw_pair(const Stream& stream, Sites sites, std::int64_t i, Plane* planes) {
  Word x[4];
  philox_lanes(stream, sites, x);
  store_pairs(x[0], x[1], &planes[0][static_cast<std::size_t>(i)]);
  store_pairs(x[2], x[3], &planes[1][static_cast<std::size_t>(i)]);
}

}  // namespace

void first_planes(const Stream& stream, std::int64_t first, std::array<Plane, 8>& planes) {
  for (int pair = 0; pair < 4; ++pair) {
    for (std::int64_t i = 0; i < plane_words; i += lanes) {
      const Sites sites = sites_from(site_of(static_cast<std::uint64_t>(first + i), pair));
      draw_pair(stream, sites, i, &planes[2 * static_cast<std::size_t>(pair)]);
    }
  }
}

void further_planes(const Stream& stream, const std::array<std::uint64_t, plane_words>& words, int done,
                    std::array<Plane, 2>& planes) {
  std::array<std::uint64_t, plane_words> sites;  // NOLINT(cppcoreguidelines-pro-type-member-init): written next
  for (std::size_t i = 0; i < sites.size(); ++i) sites[i] = site_of(words[i], done / 2);
  for (std::int64_t i = 0; i < plane_words; i += lanes)
    draw_pair(stream, load_sites(&sites[static_cast<std::size_t>(i)]), i, planes.data());
}

void gumbels_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values) {
  exponentials_of_row(stream, row, count, values);
  for (std::int64_t i = 0; i < count; ++i) values[i] = minus_log(values[i]);
}

}  // namespace scorefield::noise
