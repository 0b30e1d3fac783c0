#pragma once
/// Random words and what discrete samplers make of them, keyed by row: the same on any decomposition.

#include <array>
#include <cstdint>

#include "noise/stream.hpp"

namespace scorefield::noise {

/// `count` random words of 32 bits for row `row` of rows with `count` words each.
void words_of_row(const Stream& stream, std::int64_t row, std::int64_t count, std::uint32_t* words);

/// The same as numbers (w + 1/2) / 2^32 in (0, 1).
void uniforms_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values);

/// Of these numbers -ln: exponential variates. A test
/// "change < -ln u" accepts with probability exp(-change) to 2^-32.
void exponentials_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values);

/// is_taken[i] = 1 where limit[i] < -ln u for the u of word i, that is with probability min(1, exp(-limit)), else 0;
/// for the first `limits` of the row's words. The decisions are those of exponentials_of_row, most of them found
/// cheaper.
void accepts_of_row(const Stream& stream, std::int64_t row, std::int64_t count, std::int64_t limits,
                    const double* limit, std::uint8_t* is_taken);

/// Random bits for 64 cells a word, of which each cell takes one of each plane: of the first eight planes those of
/// plane_words words from `first` on.
constexpr std::int64_t plane_words = 8;
using Plane = std::array<std::uint64_t, plane_words>;
void first_planes(const Stream& stream, std::int64_t first, std::array<Plane, 8>& planes);
/// Of further planes two, `done` (8, 10 ... 30) and the next, of any words.
void further_planes(const Stream& stream, const std::array<std::uint64_t, plane_words>& words, int done,
                    std::array<Plane, 2>& planes);

/// Standard Gumbel variates, -ln of these.
void gumbels_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values);

}  // namespace scorefield::noise
