#include "noise/normals.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "noise/lanes.hpp"

namespace scorefield::noise {

namespace {

constexpr std::int64_t long_block = 256;  // numbers of a block stay in the first cache between the loops below
constexpr std::int64_t short_block =
    32;  // for what is left over: lines of modes are often much shorter than a long block

/// sqrt(-2 ln u) for u in (0, 1].
inline double radius(double u) { return std::sqrt(std::max(0.0, 2.0 * minus_log(u))); }

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
