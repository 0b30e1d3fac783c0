#pragma once
/// Laws of samplers that are known in closed form.

#include <cmath>

namespace scorefield::test {

/// Regularised incomplete beta function I_x(a, b) by Lentz's continued fraction (x below the mean).
inline double incomplete_beta(double a, double b, double x) {
  double c = 1.0;
  double f = 1.0 / (1.0 - (a + b) * x / (a + 1.0));
  double result = f;
  for (int m = 1; m < 500; ++m) {
    for (const double term : {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                              -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))}) {
      f = 1.0 / (1.0 + term * f);
      c = 1.0 + term / c;
      result *= c * f;
    }
  }
  return result *
         std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x)) / a;
}

/// Mean acceptance of MALA of step h in equilibrium on N(0, I_d): 2 F_{d,d}(q), from stationarity.
inline double mala_acceptance(double d, double h) {
  const double rho = h * h / std::sqrt((2.0 * h + h * h) * (4.0 - 2.0 * h + h * h));
  const double q = (1.0 - rho) / (1.0 + rho);
  return 2.0 * incomplete_beta(0.5 * d, 0.5 * d, q / (1.0 + q));
}

}  // namespace scorefield::test
