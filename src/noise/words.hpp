#pragma once
/// Random words and what discrete samplers make of them, keyed by row: the same on any decomposition.

#include <cstdint>
#include <vector>

#include "noise/stream.hpp"

namespace scorefield::noise {

/// `count` random words of 32 bits for row `row` of rows with `count` words each.
void words_of_row(const Stream& stream, std::int64_t row, std::int64_t count, std::uint32_t* words);

/// The same as numbers (w + 1/2) / 2^32 in (0, 1), of which it takes -ln: exponential variates. A test
/// "change < -ln u" accepts with probability exp(-change) to 2^-32.
void exponentials_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values);

/// Standard Gumbel variates, -ln of these.
void gumbels_of_row(const Stream& stream, std::int64_t row, std::int64_t count, double* values);

}  // namespace scorefield::noise
