#pragma once
/// Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") on blocks of counters.

#include <Random123/philox.h>

#include <array>
#include <cstdint>

#include "noise/stream.hpp"

namespace scorefield::noise {

/// Counter of one site of a stream: 48 bits of site, 16 of purpose, 40 of step, 24 of chain.
[[nodiscard]] inline std::array<std::uint32_t, 4> counter(const Stream& stream, std::uint64_t site) {
  return {static_cast<std::uint32_t>(site),
          static_cast<std::uint32_t>(site >> 32) | static_cast<std::uint32_t>(stream.purpose) << 16,
          static_cast<std::uint32_t>(stream.step), static_cast<std::uint32_t>(stream.step >> 32) | stream.chain << 8};
}

/// 128 random bits of one site, by Random123.
[[nodiscard]] inline std::array<std::uint32_t, 4> philox(const Stream& stream, std::uint64_t site) {
  const auto c = counter(stream, site);
  const r123::Philox4x32::key_type key{
      {static_cast<std::uint32_t>(stream.seed), static_cast<std::uint32_t>(stream.seed >> 32)}};
  const auto out = r123::Philox4x32()(r123::Philox4x32::ctr_type{{c[0], c[1], c[2], c[3]}}, key);
  return {out[0], out[1], out[2], out[3]};
}

/// Uniform in (0, 1) with 52 bits: with 53 the half below would be lost and 1 be returned.
[[nodiscard]] inline double uniform(const Stream& stream, std::uint64_t site = 0) {
  const auto bits = philox(stream, site);
  const std::uint64_t word = (std::uint64_t{bits[0]} << 32 | bits[1]) >> 12;
  return (static_cast<double>(word) + 0.5) * 0x1p-52;
}

}  // namespace scorefield::noise
