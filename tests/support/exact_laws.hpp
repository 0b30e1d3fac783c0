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

/// E[min(1, r)] where log r is the difference of two independent chi^2_d scaled in the ratio q: 2 F_{d,d}(q).
inline double acceptance_of_ratio(double d, double q) { return 2.0 * incomplete_beta(0.5 * d, 0.5 * d, q / (1.0 + q)); }

/// Mean acceptance of a random walk of step s in equilibrium on N(0, I_d).
inline double random_walk_acceptance(double d, double s) {
  const double rho = s / std::sqrt(4.0 + s * s);
  return acceptance_of_ratio(d, (1.0 - rho) / (1.0 + rho));
}

/// Mean acceptance of HMC with `steps` leapfrog steps of size h in equilibrium on N(0, I_d): q = 1 / s^2 with the
/// largest singular value s of the leapfrog matrix.
inline double hmc_acceptance(double d, double h, int steps) {
  double a = 1.0, b = 0.0, c = 0.0, e = 1.0;  // (x, p) -> (a x + b p, c x + e p)
  for (int i = 0; i < steps; ++i) {
    const auto step = [h](double& x, double& p) {
      p -= 0.5 * h * x;
      x += h * p;
      p -= 0.5 * h * x;
    };
    step(a, c);
    step(b, e);
  }
  const double squares = a * a + b * b + c * c + e * e;  // s^2 + 1 / s^2, since the determinant is 1
  const double s2 = 0.5 * (squares + std::sqrt(squares * squares - 4.0));
  return acceptance_of_ratio(d, 1.0 / s2);
}

/// Mean acceptance of MALA of step h in equilibrium on N(0, I_d): 2 F_{d,d}(q), from stationarity.
inline double mala_acceptance(double d, double h) {
  const double rho = h * h / std::sqrt((2.0 * h + h * h) * (4.0 - 2.0 * h + h * h));
  return acceptance_of_ratio(d, (1.0 - rho) / (1.0 + rho));
}

}  // namespace scorefield::test
