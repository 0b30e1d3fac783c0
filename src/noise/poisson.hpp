#pragma once
/// Poisson random numbers keyed by site.

#include <cstdint>

#include "noise/stream.hpp"

namespace scorefield::noise {

/// A Poisson number of this mean (0 to 1e12) for one site, by inversion below a mean of 10 and by transformed rejection
/// above (Hoermann 1993, PTRS). A pure function of its arguments: takes uniforms of steps 256 stream.step and on, so
/// stream.step must stay below 2^32.
[[nodiscard]] double poisson(const Stream& stream, std::uint64_t site, double mean);

}  // namespace scorefield::noise
