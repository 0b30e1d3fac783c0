#include "noise/normals.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstring>

#include "noise/philox.hpp"

namespace scorefield::noise {

namespace {

constexpr std::int64_t long_block = 256;  // numbers of a block stay in the first cache between the loops below
constexpr std::int64_t short_block =
    32;  // for what is left over: lines of modes are often much shorter than a long block

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

/// sqrt(-2 ln u) for u in (0, 1].
inline double radius(double u) {
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
  const double log_u = multiply_add(e, 0.693147180559945309417, log_m);
  return std::sqrt(std::max(0.0, -2.0 * log_u));
}

/// cos and sin of 2 pi u for u in [0, 1].
inline void cos_sin(double u, double& cosine, double& sine) {
  // Quarter turns: u = (q + r) / 4, |r| <= 1/2; adding 1.5 * 2^52 rounds to an integer whose last bits are q.
  const double shifted = u * 4.0 + 6755399441055744.0;
  std::uint64_t raw = 0;
  std::memcpy(&raw, &shifted, sizeof raw);
  const double r = u * 4.0 - (shifted - 6755399441055744.0);
  const double x = r * 1.57079632679489661923;
  const double t = x * x;
  // Taylor series to x^17 and x^16: 1e-17 at |x| = pi/4.
  double ps = 1.0 / 355687428096000.0;
  ps = multiply_add(ps, t, -1.0 / 1307674368000.0);
  ps = multiply_add(ps, t, 1.0 / 6227020800.0);
  ps = multiply_add(ps, t, -1.0 / 39916800.0);
  ps = multiply_add(ps, t, 1.0 / 362880.0);
  ps = multiply_add(ps, t, -1.0 / 5040.0);
  ps = multiply_add(ps, t, 1.0 / 120.0);
  ps = multiply_add(ps, t, -1.0 / 6.0);
  const double s = multiply_add(x * t, ps, x);
  double pc = 1.0 / 20922789888000.0;
  pc = multiply_add(pc, t, -1.0 / 87178291200.0);
  pc = multiply_add(pc, t, 1.0 / 479001600.0);
  pc = multiply_add(pc, t, -1.0 / 3628800.0);
  pc = multiply_add(pc, t, 1.0 / 40320.0);
  pc = multiply_add(pc, t, -1.0 / 720.0);
  pc = multiply_add(pc, t, 1.0 / 24.0);
  pc = multiply_add(pc, t, -0.5);
  const double c = multiply_add(pc, t, 1.0);
  // Quarter q: swap on odd q; cosine is negative in quarters 1 and 2, sine in 2 and 3. Signs and swap by bits: no
  // branch.
  const std::uint64_t odd = std::uint64_t{0} - (raw & 1);
  std::uint64_t sbits = 0;
  std::uint64_t cbits = 0;
  std::memcpy(&sbits, &s, sizeof s);
  std::memcpy(&cbits, &c, sizeof c);
  const std::uint64_t difference = (sbits ^ cbits) & odd;
  const std::uint64_t cos_out = cbits ^ difference ^ (((raw + 1) & 2) << 62);
  const std::uint64_t sin_out = sbits ^ difference ^ ((raw & 2) << 62);
  std::memcpy(&cosine, &cos_out, sizeof cosine);
  std::memcpy(&sine, &sin_out, sizeof sine);
}

/// Separate loops: fused, the compiler no longer vectorises all of them (three times slower, measured).
template <std::int64_t block>
void normal_block(const Stream& stream, std::uint64_t first, double* a, double* b) {
  Words<block> words;  // NOLINT(cppcoreguidelines-pro-type-member-init): philox_block writes all of it
  alignas(64) double r[block];
  alignas(64) double u[block];
  philox_block(stream, first, words);
  for (std::int64_t i = 0; i < block; ++i) {
    r[i] = 2.0 - one_to_two(words.w[0][i], words.w[1][i]);
    u[i] = one_to_two(words.w[2][i], words.w[3][i]) - 1.0;
  }
  for (std::int64_t i = 0; i < block; ++i) r[i] = radius(r[i]);
  for (std::int64_t i = 0; i < block; ++i) {
    double c = 0.0;
    double s = 0.0;
    cos_sin(u[i], c, s);
    a[i] = r[i] * c;
    b[i] = r[i] * s;
  }
}

constexpr std::uint64_t mode_bits = 16;  // of each signed mode number in the key of a wavevector

std::uint64_t mode_key(std::int64_t mz, std::int64_t my, std::int64_t mx, int component) {
  const auto low = [](std::int64_t m) { return static_cast<std::uint64_t>(m) & ((1U << mode_bits) - 1); };
  // kx <= n/2 needs one bit less than 16 for any grid up to 65536; components take what is left of the 48 bits.
  return (static_cast<std::uint64_t>(component) << 15 | static_cast<std::uint64_t>(mx)) << 32 | low(my) << 16 | low(mz);
}

}  // namespace

void normal_pairs(const Stream& stream, std::uint64_t first, std::int64_t count, double* a, double* b) {
  std::int64_t done = 0;
  const auto site = [&] { return first + static_cast<std::uint64_t>(done); };
  for (; done + long_block <= count; done += long_block) normal_block<long_block>(stream, site(), a + done, b + done);
  for (; done + short_block <= count; done += short_block)
    normal_block<short_block>(stream, site(), a + done, b + done);
  if (done < count) {
    double last_a[short_block];
    double last_b[short_block];
    normal_block<short_block>(stream, site(), last_a, last_b);
    std::copy_n(last_a, count - done, a + done);
    std::copy_n(last_b, count - done, b + done);
  }
}

WhiteRows::WhiteRows(const grid::Lattice& lattice, const Stream& stream)
    : lattice_(&lattice), stream_(stream), a_(static_cast<std::size_t>((lattice.n()[2] + 1) / 2)), b_(a_.size()) {}

void WhiteRows::row(std::int64_t component, std::int64_t z, std::int64_t y, double* x) {
  const grid::Index3& n = lattice_->n();
  const auto half = static_cast<std::int64_t>(a_.size());
  const std::int64_t row = (component * n[0] + z) * n[1] + y;
  normal_pairs(stream_, static_cast<std::uint64_t>(row * half), half, a_.data(), b_.data());
  std::copy_n(a_.data(), half, x);
  std::copy_n(b_.data(), n[2] - half, x + half);
}

void fill_white(const grid::Domain& domain, const Stream& stream, const grid::Field& field) {
  const auto values = Kokkos::create_mirror_view(field.view());
  const grid::Box& box = field.box();
  WhiteRows rows(domain.lattice(), stream);
  double* x = values.data();
  for (std::int64_t c = 0; c < field.components(); ++c) {
    for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z) {
      for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y, x += field.row_length()) rows.row(c, z, y, x);
    }
  }
  Kokkos::deep_copy(field.view(), values);
}

WhiteModes::WhiteModes(const grid::Lattice& lattice, const Stream& stream, int component)
    : lattice_(&lattice),
      stream_(stream),
      component_(component),
      a_(static_cast<std::size_t>(lattice.n()[0])),
      b_(a_.size()) {}

void WhiteModes::pairs_of_row(std::int64_t my, std::int64_t mx) {
  // Modes 0 .. n/2, then the negative ones: two runs of consecutive keys.
  const std::int64_t n = lattice_->n()[0];
  const std::int64_t positive = n / 2 + 1;
  normal_pairs(stream_, mode_key(0, my, mx, component_), std::min(positive, n), a_.data(), b_.data());
  if (n > positive) {
    normal_pairs(stream_, mode_key(positive - n, my, mx, component_), n - positive, a_.data() + positive,
                 b_.data() + positive);
  }
}

void WhiteModes::row(grid::SpectralRow row, base::Complex* z) {
  constexpr double sqrt_half = 0.70710678118654752440;
  const std::int64_t n = lattice_->n()[0];
  const std::int64_t my = lattice_->mode(1, row.y);
  if (row.kx != 0 && !lattice_->is_nyquist(2, row.kx)) {
    pairs_of_row(my, row.kx);
    for (std::int64_t i = 0; i < n; ++i) z[i] = base::Complex(sqrt_half * a_[i], sqrt_half * b_[i]);
    return;
  }
  // On these planes the mode of -k is the conjugate of that of k: of each such pair the one with the larger (my, mz) is
  // drawn. A Nyquist mode is its own negative.
  const std::int64_t minus_my = lattice_->is_nyquist(1, row.y) ? my : -my;
  pairs_of_row(std::max(my, minus_my), row.kx);
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t minus_i = i == 0 ? 0 : n - i;  // FFT index of -mz
    const bool drawn = my != minus_my ? my > minus_my : lattice_->mode(0, i) >= lattice_->mode(0, minus_i);
    const std::int64_t from = drawn ? i : minus_i;
    if (my == minus_my && i == minus_i) {
      z[i] = base::Complex(a_[i], 0.0);  // its own conjugate: real, and of full variance
    } else {
      z[i] = base::Complex(sqrt_half * a_[from], (drawn ? sqrt_half : -sqrt_half) * b_[from]);
    }
  }
}

void fill_white(const grid::Domain& domain, const Stream& stream, const grid::SpectralField& field) {
  const auto values = Kokkos::create_mirror_view(field.view());
  const std::int64_t rows = field.rows() / std::max(1, field.components());
  base::Complex* z = values.data();
  for (int c = 0; c < field.components(); ++c) {
    WhiteModes modes(domain.lattice(), stream, c);
    for (std::int64_t r = 0; r < rows; ++r, z += field.row_length()) modes.row(grid::spectral_row(field.box(), r), z);
  }
  Kokkos::deep_copy(field.view(), values);
}

}  // namespace scorefield::noise
