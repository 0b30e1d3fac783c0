#pragma once
/// Functions for loops that compilers turn into vector instructions with the same bits as without: polynomials instead
/// of libm calls, whose scalar and vector versions differ.

#include <cstdint>
#include <cstring>

namespace scorefield::base {

/// a * b + c: one rounding where the hardware has it; std::fma without it is a slow library call.
inline double multiply_add(double a, double b, double c) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// exp(-x) for |x| <= 700, to 4 units in the last place.
inline double exp_minus(double x) {
  // exp(-x) = 2^-k exp(r), |r| <= ln 2 / 2; adding 1.5 2^52 rounds to the nearest whole number k.
  const double shifted = multiply_add(x, 1.44269504088896340736, 6755399441055744.0);
  const double k = shifted - 6755399441055744.0;
  const double r = multiply_add(k, 1.90821492927058770002e-10, multiply_add(k, 0.693147180369123816490, -x));
  // The series to r^13 leaves 4e-18.
  double p = 1.0 / 6227020800.0;
  p = multiply_add(p, r, 1.0 / 479001600.0);
  p = multiply_add(p, r, 1.0 / 39916800.0);
  p = multiply_add(p, r, 1.0 / 3628800.0);
  p = multiply_add(p, r, 1.0 / 362880.0);
  p = multiply_add(p, r, 1.0 / 40320.0);
  p = multiply_add(p, r, 1.0 / 5040.0);
  p = multiply_add(p, r, 1.0 / 720.0);
  p = multiply_add(p, r, 1.0 / 120.0);
  p = multiply_add(p, r, 1.0 / 24.0);
  p = multiply_add(p, r, 1.0 / 6.0);
  p = multiply_add(p, r, 0.5);
  p = multiply_add(p, r, 1.0);
  p = multiply_add(p, r, 1.0);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &shifted, sizeof bits);
  const std::uint64_t power = ((1023 - bits) & 0x7ffU) << 52;
  double scale = 0.0;
  std::memcpy(&scale, &power, sizeof scale);
  return p * scale;
}

}  // namespace scorefield::base
