#pragma once
/// What random numbers are made of, in loops that compilers turn into vector instructions with the same bits: blocks of
/// Philox4x32-10 and polynomials instead of libm calls, whose scalar and vector versions differ. For src/noise alone.

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <cstring>

#include "noise/philox.hpp"

namespace scorefield::noise {

/// a * b + c: one rounding where the hardware has it; std::fma without it is a slow library call.
inline double multiply_add(double a, double b, double c) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

template <std::int64_t block>
struct Words {
  alignas(64) std::uint32_t w[4][block];
};

#if defined(__AVX2__)
/// A word of four sites, each in the low half of a 64-bit lane: the vector unit multiplies low halves whatever stands
/// in the high ones. Of plain words compilers make twice the instructions, most of them shuffles.
using Word = std::uint64_t __attribute__((vector_size(32)));
using PackedWord = std::uint32_t __attribute__((vector_size(16)));
constexpr std::int64_t lanes = 4;

inline Word load(const std::uint32_t* from) {
  PackedWord packed;
  std::memcpy(&packed, from, sizeof packed);
  return __builtin_convertvector(packed, Word);
}
inline void store(Word word, std::uint32_t* to) {
  const PackedWord packed = __builtin_convertvector(word, PackedWord);
  std::memcpy(to, &packed, sizeof packed);
}
/// x becomes the low word of factor * x; returns the high one.
inline Word multiply(std::uint32_t factor, Word& x) {
  const __m256i product = _mm256_mul_epu32(_mm256_set1_epi64x(factor), reinterpret_cast<__m256i>(x));
  x = reinterpret_cast<Word>(product);
  return x >> 32;
}
#else
using Word = std::uint32_t;
constexpr std::int64_t lanes = 1;

inline Word load(const std::uint32_t* from) { return *from; }
inline void store(Word word, std::uint32_t* to) { *to = word; }
inline Word multiply(std::uint32_t factor, Word& x) {
  const std::uint64_t product = std::uint64_t{factor} * x;
  x = static_cast<std::uint32_t>(product);
  return static_cast<std::uint32_t>(product >> 32);
}
#endif

/// Philox on counters that differ in the site alone, one array a word, so that compilers use vector multiplies.
template <std::int64_t block>
void philox_block(const Stream& stream, std::uint64_t first, Words<block>& words) {
  const auto head = counter(stream, 0);
  for (std::int64_t i = 0; i < block; ++i) {
    const std::uint64_t site = first + static_cast<std::uint64_t>(i);
    words.w[0][i] = static_cast<std::uint32_t>(site);
    words.w[1][i] = head[1] | static_cast<std::uint32_t>(site >> 32);
    words.w[2][i] = head[2];
    words.w[3][i] = head[3];
  }
  const auto seed0 = static_cast<std::uint32_t>(stream.seed);
  const auto seed1 = static_cast<std::uint32_t>(stream.seed >> 32);
  for (std::int64_t i = 0; i < block; i += lanes) {
    Word x0 = load(&words.w[0][i]);
    Word x1 = load(&words.w[1][i]);
    Word x2 = load(&words.w[2][i]);
    Word x3 = load(&words.w[3][i]);
    std::uint32_t key0 = seed0;
    std::uint32_t key1 = seed1;
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const Word high0 = multiply(0xD2511F53U, x0);
      const Word high1 = multiply(0xCD9E8D57U, x2);
      const Word low0 = x0;
      x0 = high1 ^ x1 ^ key0;
      x1 = x2;
      x2 = high0 ^ x3 ^ key1;
      x3 = low0;
      key0 += 0x9E3779B9U;
      key1 += 0xBB67AE85U;
    }
    store(x0, &words.w[0][i]);
    store(x1, &words.w[1][i]);
    store(x2, &words.w[2][i]);
    store(x3, &words.w[3][i]);
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

}  // namespace scorefield::noise
