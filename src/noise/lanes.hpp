#pragma once
/// What random numbers are made of, in loops that compilers turn into vector instructions with the same bits: blocks of
/// Philox4x32-10 and logarithms. For src/noise alone.

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <cstring>

#include "base/vector_math.hpp"
#include "noise/philox.hpp"

namespace scorefield::noise {

using base::multiply_add;

template <std::int64_t block>
struct Words {
  alignas(64) std::uint32_t w[4][block];
};

#if defined(__AVX2__)
/// A word of four sites, each in the low half of a 64-bit lane: the vector unit multiplies low halves whatever stands
/// in the high ones. Of plain words compilers make twice the instructions, most of them shuffles.
using Word = std::uint64_t __attribute__((vector_size(32)));
using PackedWord = std::uint32_t __attribute__((vector_size(16)));
using Sites = Word;
constexpr std::int64_t lanes = 4;

inline Sites sites_from(std::uint64_t first) { return Sites{first, first + 1, first + 2, first + 3}; }
inline Sites load_sites(const std::uint64_t* from) {
  Sites sites;
  std::memcpy(&sites, from, sizeof sites);
  return sites;
}
inline Word low_words(Sites sites) { return sites; }
inline Word high_words(Sites sites) { return sites >> 32; }
inline Word all(std::uint32_t word) { return Word{} + word; }
inline void store(Word word, std::uint32_t* to) {
  const PackedWord packed = __builtin_convertvector(word, PackedWord);
  std::memcpy(to, &packed, sizeof packed);
}
/// 64 bits of each site.
inline void store_pairs(Word low, Word high, std::uint64_t* to) {
  const Word both = (low & 0xffffffffU) | high << 32;
  std::memcpy(to, &both, sizeof both);
}
/// x becomes the low word of factor * x; returns the high one.
inline Word multiply(std::uint32_t factor, Word& x) {
  const __m256i product = _mm256_mul_epu32(_mm256_set1_epi64x(factor), reinterpret_cast<__m256i>(x));
  x = reinterpret_cast<Word>(product);
  return x >> 32;
}
#else
using Word = std::uint32_t;
using Sites = std::uint64_t;
constexpr std::int64_t lanes = 1;

inline Sites sites_from(std::uint64_t first) { return first; }
inline Sites load_sites(const std::uint64_t* from) { return *from; }
inline Word low_words(Sites sites) { return static_cast<Word>(sites); }
inline Word high_words(Sites sites) { return static_cast<Word>(sites >> 32); }
inline Word all(std::uint32_t word) { return word; }
inline void store(Word word, std::uint32_t* to) { *to = word; }
inline void store_pairs(Word low, Word high, std::uint64_t* to) { *to = low | std::uint64_t{high} << 32; }
inline Word multiply(std::uint32_t factor, Word& x) {
  const std::uint64_t product = std::uint64_t{factor} * x;
  x = static_cast<std::uint32_t>(product);
  return static_cast<std::uint32_t>(product >> 32);
}
#endif

/// Philox on counters that differ in the site alone: the four words of some sites at once.
inline void philox_lanes(const Stream& stream, Sites sites, Word (&x)[4]) {
  const auto head = counter(stream, 0);
  x[0] = low_words(sites);
  x[1] = high_words(sites) | all(head[1]);
  x[2] = all(head[2]);
  x[3] = all(head[3]);
  auto key0 = static_cast<std::uint32_t>(stream.seed);
  auto key1 = static_cast<std::uint32_t>(stream.seed >> 32);
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const Word high0 = multiply(0xD2511F53U, x[0]);
    const Word high1 = multiply(0xCD9E8D57U, x[2]);
    const Word low0 = x[0];
    x[0] = high1 ^ x[1] ^ key0;
    x[1] = x[2];
    x[2] = high0 ^ x[3] ^ key1;
    x[3] = low0;
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
}

/// The words of `block` sites from `first` on, one array a word, so that loops over them vectorise.
template <std::int64_t block>
void philox_block(const Stream& stream, std::uint64_t first, Words<block>& words) {
  for (std::int64_t i = 0; i < block; i += lanes) {
    Word x[4];
    philox_lanes(stream, sites_from(first + static_cast<std::uint64_t>(i)), x);
    for (int w = 0; w < 4; ++w) store(x[w], &words.w[w][i]);
  }
}

/// 52 random bits as a double in [1, 2): the fastest conversion that vector units share with scalar code.
inline double one_to_two(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 12 | 0x3ff0000000000000ULL;
  double value = 0.0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// -ln u for u in (0, 1].
inline double minus_log(double u) {
  std::uint64_t raw = 0;
  std::memcpy(&raw, &u, sizeof raw);
  // u = 2^e m with m in [sqrt(1/2), sqrt(2)): the offset moves the cut from 1 to sqrt(1/2).
  const std::uint64_t offset = raw - 0x3fe6a09e667f3bcdULL;
  const std::uint64_t exponent_bits = offset & 0xfff0000000000000ULL;
  const std::uint64_t mantissa_bits = raw - exponent_bits;
  double m = 0.0;
  std::memcpy(&m, &mantissa_bits, sizeof m);
  // The exponent (-52 .. 0) becomes a double by arithmetic on bits: 2^52 + 2^11 + e, less the constant.
  const std::uint64_t biased = ((exponent_bits >> 52) ^ 0x800ULL) | 0x4330000000000000ULL;
  double e = 0.0;
  std::memcpy(&e, &biased, sizeof e);
  e -= 4503599627370496.0 + 2048.0;
  // ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.1716; the series to s^23 leaves 2e-17.
  const double s = (m - 1.0) / (m + 1.0);
  const double t = s * s;
  double p = 1.0 / 23.0;
  p = multiply_add(p, t, 1.0 / 21.0);
  p = multiply_add(p, t, 1.0 / 19.0);
  p = multiply_add(p, t, 1.0 / 17.0);
  p = multiply_add(p, t, 1.0 / 15.0);
  p = multiply_add(p, t, 1.0 / 13.0);
  p = multiply_add(p, t, 1.0 / 11.0);
  p = multiply_add(p, t, 1.0 / 9.0);
  p = multiply_add(p, t, 1.0 / 7.0);
  p = multiply_add(p, t, 1.0 / 5.0);
  p = multiply_add(p, t, 1.0 / 3.0);
  const double log_m = multiply_add(2.0 * s * t, p, 2.0 * s);
  return -multiply_add(e, 0.693147180559945309417, log_m);
}

/// The same in single precision, for positive normal u: within 2e-7 (1 + |ln u|).
inline float rough_minus_log(float u) {
  std::uint32_t raw = 0;
  std::memcpy(&raw, &u, sizeof raw);
  const std::uint32_t offset = raw - 0x3f3504f3U;
  const std::uint32_t exponent_bits = offset & 0xff800000U;
  const std::uint32_t mantissa_bits = raw - exponent_bits;
  float m = 0.0F;
  std::memcpy(&m, &mantissa_bits, sizeof m);
  const auto e = static_cast<float>(static_cast<std::int32_t>(exponent_bits) >> 23);
  const float s = (m - 1.0F) / (m + 1.0F);
  const float t = s * s;
  const float p = ((1.0F / 7.0F * t + 1.0F / 5.0F) * t + 1.0F / 3.0F) * t;
  return -(e * 0.69314718F + (2.0F * s * p + 2.0F * s));
}

}  // namespace scorefield::noise
