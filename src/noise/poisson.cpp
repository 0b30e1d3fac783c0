#include "noise/poisson.hpp"

#include <cmath>

#include "noise/philox.hpp"

namespace scorefield::noise {

namespace {

/// The uniforms of one site, one after the other.
class Uniforms {
 public:
  Uniforms(const Stream& stream, std::uint64_t site) : stream_(stream), site_(site) { stream_.step *= 256; }
  double next() {
    const double u = uniform(stream_, site_);
    ++stream_.step;
    return u;
  }

 private:
  Stream stream_;
  std::uint64_t site_;
};

double by_inversion(double u, double mean) {
  double k = 0.0;
  for (double p = std::exp(-mean); u > p && p > 0.0; p *= mean / k) {
    u -= p;
    k += 1.0;
  }
  return k;
}

/// Names and numbers as in the paper.
double by_rejection(Uniforms uniforms, double mean) {
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double quick = 0.9277 - 3.6224 / (b - 2.0);
  while (true) {
    const double u = uniforms.next() - 0.5;
    const double v = uniforms.next();
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= quick) return k;
    if (k < 0.0 || (us < 0.013 && v > us)) continue;
    const double log_ratio = std::log(v * inverse_alpha / (a / (us * us) + b));
    if (log_ratio <= k * std::log(mean) - mean - std::lgamma(k + 1.0)) return k;
  }
}

}  // namespace

double poisson(const Stream& stream, std::uint64_t site, double mean) {
  Uniforms uniforms(stream, site);
  if (!(mean > 0.0)) return 0.0;
  return mean < 10.0 ? by_inversion(uniforms.next(), mean) : by_rejection(uniforms, mean);
}

}  // namespace scorefield::noise
