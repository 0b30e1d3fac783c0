#pragma once
/// The Ising model on a periodic rectangle, exactly.

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace scorefield::test {

/// ln Z of an m x n torus at K = J / T (Kaufman 1949 in the form of Ferdinand & Fisher 1969, eq. 2.1).
inline long double ising_log_z(std::int64_t m, std::int64_t n, long double k) {
  const auto gamma = [&](std::int64_t l) -> long double {
    if (l == 0) return 2.0L * k + std::log(std::tanh(k));
    return std::acosh(
        std::cosh(2.0L * k) / std::tanh(2.0L * k) -
        std::cos(std::numbers::pi_v<long double> * static_cast<long double>(l) / static_cast<long double>(n)));
  };
  // Logs and signs of the four products.
  std::array<long double, 4> logs{0.0L, 0.0L, 0.0L, 0.0L};
  int sign = 1;
  for (std::int64_t r = 0; r < n; ++r) {
    for (const int odd : {1, 0}) {
      const long double x = 0.5L * static_cast<long double>(m) * gamma(2 * r + odd);
      const auto first = static_cast<std::size_t>(odd == 1 ? 0 : 2);
      logs[first] += std::log(2.0L * std::cosh(x));
      logs[first + 1] += std::log(std::abs(2.0L * std::sinh(x)));
      if (odd == 0 && x < 0.0L) sign = -sign;
    }
  }
  const long double sum = 1.0L + std::exp(logs[1] - logs[0]) + std::exp(logs[2] - logs[0]) +
                          static_cast<long double>(sign) * std::exp(logs[3] - logs[0]);
  return std::log(0.5L * sum) + logs[0] + 0.5L * static_cast<long double>(m * n) * std::log(2.0L * std::sinh(2.0L * k));
}

struct IsingTorus {
  double energy;         ///< <H> / J for each site
  double specific_heat;  ///< dE/dT for each site
};

/// By differences of ln Z, good to 1e-9.
inline IsingTorus ising_torus(std::int64_t m, std::int64_t n, double temperature) {
  const long double k = 1.0L / static_cast<long double>(temperature);
  const long double h = 2e-3L * k;
  std::array<long double, 7> z{};
  for (int i = 0; i < 7; ++i)
    z[static_cast<std::size_t>(i)] = ising_log_z(m, n, k + static_cast<long double>(i - 3) * h);
  const long double first = (z[6] - 9.0L * z[5] + 45.0L * z[4] - 45.0L * z[2] + 9.0L * z[1] - z[0]) / (60.0L * h);
  const long double second =
      (2.0L * (z[6] + z[0]) - 27.0L * (z[5] + z[1]) + 270.0L * (z[4] + z[2]) - 490.0L * z[3]) / (180.0L * h * h);
  const auto sites = static_cast<long double>(m * n);
  return {static_cast<double>(-first / sites), static_cast<double>(k * k * second / sites)};
}

}  // namespace scorefield::test
