#include "reduce/diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numeric>

#include "grid/line_fft.hpp"

namespace scorefield::reduce {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t min_half_rhat = 2;  // a variance needs two values
constexpr std::int64_t min_half_ess = 6;   // the first length that has a pair of lags (t < n - 5)

/// Chains of equal length, values owned, C order.
struct Chains {
  std::int64_t count;
  std::int64_t length;
  std::vector<double> values;

  [[nodiscard]] std::span<const double> chain(std::int64_t c) const {
    return std::span(values).subspan(static_cast<std::size_t>(c * length), static_cast<std::size_t>(length));
  }
};

bool all_equal(std::span<const double> x) {
  return std::all_of(x.begin(), x.end(), [&](double v) { return v == x.front(); });
}

Chains whole(const Draws& draws) {
  Chains out{draws.chains, draws.draws, {}};
  out.values.reserve(static_cast<std::size_t>(draws.chains * draws.draws));
  for (std::int64_t c = 0; c < draws.chains; ++c) {
    for (std::int64_t d = 0; d < draws.draws; ++d) out.values.push_back(draws(c, d));
  }
  return out;
}

/// First and last half of each chain; the middle draw of an odd number is left out.
Chains split(const Chains& x) {
  Chains out{2 * x.count, x.length / 2, {}};
  out.values.reserve(static_cast<std::size_t>(out.count * out.length));
  for (std::int64_t c = 0; c < x.count; ++c) {
    const auto chain = x.chain(c);
    const auto half = static_cast<std::size_t>(out.length);
    for (const auto part : {chain.first(half), chain.last(half)})
      out.values.insert(out.values.end(), part.begin(), part.end());
  }
  return out;
}

/// False where no diagnostic can say anything: too little there, a value that is not finite, or a chain that never
/// moves.
bool can_be_judged(const Chains& x) {
  if (x.count < 1 || x.length < 2 * min_half_rhat) return false;
  if (!std::all_of(x.values.begin(), x.values.end(), [](double v) { return std::isfinite(v); })) return false;
  for (std::int64_t c = 0; c < x.count; ++c) {
    if (all_equal(x.chain(c))) return false;
  }
  return true;
}

struct Moments {
  double mean, variance;  // variance with n - 1
};

/// About the first value, so that equal values have the variance zero exactly.
Moments moments(std::span<const double> x) {
  const auto n = static_cast<double>(x.size());
  double shift = 0.0;
  for (const double v : x) shift += v - x.front();
  const double mean = x.front() + shift / n;
  double sum = 0.0;
  for (const double v : x) sum += (v - mean) * (v - mean);
  return {mean, sum / (n - 1.0)};
}

/// Quantile by linear interpolation between order statistics ("type 7", the default of R and numpy).
double quantile(std::vector<double> x, double probability) {
  std::sort(x.begin(), x.end());
  const double position = probability * static_cast<double>(x.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, x.size() - 1);
  return x[below] + (position - static_cast<double>(below)) * (x[above] - x[below]);
}

template <std::size_t N>
double polynomial(const double (&coefficients)[N], double x) {
  double value = 0.0;
  for (std::size_t i = N; i-- > 0;) value = value * x + coefficients[i];
  return value;
}

/// Inverse of the normal distribution function, relative error 1e-16 (Wichura 1988, algorithm AS 241).
double normal_quantile(double p) {
  constexpr double a[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                          1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                          3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr double b[] = {1.0,
                          4.2313330701600911252e1,
                          6.8718700749205790830e2,
                          5.3941960214247511077e3,
                          2.1213794301586595867e4,
                          3.9307895800092710610e4,
                          2.8729085735721942674e4,
                          5.2264952788528545610e3};
  constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                          3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                          2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr double d[] = {1.0,
                          2.05319162663775882187e0,
                          1.67638483018380384940e0,
                          6.89767334985100004550e-1,
                          1.48103976427480074590e-1,
                          1.51986665636164571966e-2,
                          5.47593808499534494600e-4,
                          1.05075007164441684324e-9};
  constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                          2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                          2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr double f[] = {1.0,
                          5.99832206555887937690e-1,
                          1.36929880922735805310e-1,
                          1.48753612908506148525e-2,
                          7.86869131145613259100e-4,
                          1.84631831751005468180e-5,
                          1.42151175831644588870e-7,
                          2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double r = std::sqrt(-std::log(q < 0.0 ? p : 1.0 - p));
  const double z =
      r <= 5.0 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6) : polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
  return q < 0.0 ? -z : z;
}

/// Normal scores of the ranks over all chains together; ties share their average rank.
Chains rank_normalised(Chains x) {
  std::vector<std::size_t> order(x.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return x.values[i] < x.values[j]; });
  std::vector<double> scores(order.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && x.values[order[end]] == x.values[order[begin]]) ++end;
    const double rank = 0.5 * static_cast<double>(begin + 1 + end);  // average of begin + 1 .. end
    const double score = normal_quantile((rank - 0.375) / (static_cast<double>(order.size()) + 0.25));
    for (std::size_t i = begin; i < end; ++i) scores[order[i]] = score;
  }
  x.values = std::move(scores);
  return x;
}

/// Distances from the median of all values: turns a difference of scale into one of location.
Chains folded(Chains x) {
  const double median = quantile(x.values, 0.5);
  for (double& v : x.values) v = std::abs(v - median);
  return x;
}

/// sqrt((B / W + n - 1) / n) with B = n var(chain means) and W = mean(chain variances).
double potential_scale_reduction(const Chains& x) {
  if (all_equal(x.values)) return not_a_number;
  std::vector<double> means;
  double within = 0.0;
  for (std::int64_t c = 0; c < x.count; ++c) {
    const Moments m = moments(x.chain(c));
    means.push_back(m.mean);
    within += m.variance / static_cast<double>(x.count);
  }
  const auto n = static_cast<double>(x.length);
  const double between = n * moments(means).variance;
  return std::sqrt((between / within + n - 1.0) / n);
}

double split_rhat(const Chains& halves) {
  const double location = potential_scale_reduction(rank_normalised(halves));
  const double scale = potential_scale_reduction(rank_normalised(folded(halves)));
  // Values at +-1 alone have no spread of distances: the location part is then all there is to say.
  return std::isnan(scale) ? location : std::max(location, scale);
}

/// A length of at least `least` that is quick to transform and not much longer: at most a quarter.
std::int64_t quick_length(std::int64_t least) {
  for (std::int64_t unit = 1;; unit *= 2) {
    for (const std::int64_t length : {4 * unit, 5 * unit, 6 * unit, 7 * unit}) {
      if (length >= least && length % 2 == 0) return length;
    }
  }
}

/// Autocovariance averaged over the chains, lags 0 .. n - 1: one transform per chain and one back, padded with zeros to
/// at least 2 n so that no lag wraps around.
std::vector<double> mean_autocovariance(const Chains& x) {
  const std::int64_t padded = quick_length(2 * x.length);
  const grid::LineFft fft(padded);
  std::vector<double> line(static_cast<std::size_t>(padded));
  std::vector<std::complex<double>> spectrum(static_cast<std::size_t>(padded / 2 + 1));
  std::vector<std::complex<double>> power(spectrum.size(), 0.0);
  for (std::int64_t c = 0; c < x.count; ++c) {
    const auto chain = x.chain(c);
    const double mean = moments(chain).mean;
    std::transform(chain.begin(), chain.end(), line.begin(), [&](double v) { return v - mean; });
    std::fill(line.begin() + x.length, line.end(), 0.0);
    fft.real_to_complex(line.data(), spectrum.data());
    for (std::size_t k = 0; k < power.size(); ++k) power[k] += std::norm(spectrum[k]);
  }
  fft.complex_to_real(power.data(), line.data());
  line.resize(static_cast<std::size_t>(x.length));
  for (double& v : line)
    v /= static_cast<double>(padded) * static_cast<double>(x.length) * static_cast<double>(x.count);
  return line;
}

/// Effective sample size from the autocorrelations of all chains with Geyer's initial monotone sequence.
double effective_size(const Chains& x) {
  if (x.length < min_half_ess || all_equal(x.values)) return not_a_number;
  const auto n = static_cast<double>(x.length);
  const std::vector<double> covariance = mean_autocovariance(x);
  const double within = covariance[0] * n / (n - 1.0);
  double total = covariance[0];
  if (x.count > 1) {
    std::vector<double> means;
    for (std::int64_t c = 0; c < x.count; ++c) means.push_back(moments(x.chain(c)).mean);
    total += moments(means).variance;
  }
  const auto correlation = [&](std::size_t lag) { return 1.0 - (within - covariance[lag]) / total; };

  // Sums of neighbours (even lag, odd lag) are positive for a reversible chain: stop at the first one that is not.
  std::vector<double> rho(covariance.size(), 0.0);
  double even = rho[0] = 1.0;
  double odd = rho[1] = correlation(1);
  std::size_t last = 0;
  while (last + 5 < rho.size() && even + odd > 0.0) {
    last += 2;
    even = correlation(last);
    odd = correlation(last + 1);
    if (even + odd >= 0.0) {
      rho[last] = even;
      rho[last + 1] = odd;
    }
  }
  if (even > 0.0) rho[last] = even;
  // ... and they do not grow.
  for (std::size_t t = 2; t + 2 <= last; t += 2) {
    const double before = rho[t - 2] + rho[t - 1];
    if (rho[t] + rho[t + 1] > before) rho[t] = rho[t + 1] = 0.5 * before;
  }
  double tau = -1.0 + rho[last];
  for (std::size_t t = 0; t < last; ++t) tau += 2.0 * rho[t];
  const auto size = static_cast<double>(x.values.size());
  return size / std::max(tau, 1.0 / std::log10(size));
}

double quantile_size(Chains halves, double threshold) {
  for (double& v : halves.values) v = v <= threshold ? 1.0 : 0.0;
  return effective_size(halves);
}

/// NaN as soon as one of both is: a tail that cannot be judged is not passed over.
double tail_size(const Chains& x, const Chains& halves) {
  const double low = quantile_size(halves, quantile(x.values, 0.05));
  const double high = quantile_size(halves, quantile(x.values, 0.95));
  return std::isnan(low) || std::isnan(high) ? not_a_number : std::min(low, high);
}

double sd_error(const Chains& x, double mean) {
  Chains squares = x;
  double second = 0.0;
  double fourth = 0.0;
  for (double& v : squares.values) {
    v = (v - mean) * (v - mean);
    second += v;
    fourth += v * v;
  }
  const auto size = static_cast<double>(x.values.size());
  second /= size;
  fourth /= size;
  return std::sqrt((fourth - second * second) / effective_size(split(squares)) / second / 4.0);
}

/// Of chains that can be judged.
AutocorrelationTime integrated_time(Chains x) {
  constexpr double window_factor = 5.0;
  constexpr double needed_length = 50.0;
  // Each chain in units of its own spread: the mean of their autocovariances is that of their autocorrelations.
  for (std::int64_t c = 0; c < x.count; ++c) {
    const double scale = 1.0 / std::sqrt(moments(x.chain(c)).variance);
    for (std::int64_t d = 0; d < x.length; ++d) x.values[static_cast<std::size_t>(c * x.length + d)] *= scale;
  }
  const std::vector<double> covariance = mean_autocovariance(x);
  double tau = 1.0;
  std::int64_t lag = 0;
  // At least five lags: the alternating sum of antithetic chains is below zero after the first.
  while (static_cast<double>(lag) < window_factor * std::max(tau, 1.0) && lag + 1 < x.length) {
    ++lag;
    tau += 2.0 * covariance[static_cast<std::size_t>(lag)] / covariance[0];
  }
  if (!(tau > 0.0)) return {not_a_number, lag, false};
  return {tau, lag, static_cast<double>(x.length) > needed_length * tau};
}

/// f(chains) for chains that can be judged, else NaN.
template <class Function>
double judged(const Draws& draws, const Function& f) {
  const Chains x = whole(draws);
  return can_be_judged(x) ? f(x) : not_a_number;
}

}  // namespace

double rhat(const Draws& draws) {
  return judged(draws, [](const Chains& x) { return split_rhat(split(x)); });
}

double rhat_basic(const Draws& draws) {
  return judged(draws, [](const Chains& x) { return potential_scale_reduction(split(x)); });
}

double ess_bulk(const Draws& draws) {
  return judged(draws, [](const Chains& x) { return effective_size(rank_normalised(split(x))); });
}

double ess_tail(const Draws& draws) {
  return judged(draws, [](const Chains& x) { return tail_size(x, split(x)); });
}

double ess_quantile(const Draws& draws, double probability) {
  return judged(draws, [&](const Chains& x) { return quantile_size(split(x), quantile(x.values, probability)); });
}

double ess_mean(const Draws& draws) {
  return judged(draws, [](const Chains& x) { return effective_size(split(x)); });
}

double ess_basic(const Draws& draws) {
  return judged(draws, [](const Chains& x) { return effective_size(x); });
}

double mcse_mean(const Draws& draws) {
  return judged(draws,
                [](const Chains& x) { return std::sqrt(moments(x.values).variance / effective_size(split(x))); });
}

double mcse_sd(const Draws& draws) {
  return judged(draws, [](const Chains& x) { return sd_error(x, moments(x.values).mean); });
}

Diagnosis diagnose(const Draws& draws) {
  const Chains x = whole(draws);
  constexpr double nan = not_a_number;
  if (x.values.empty()) return {nan, nan, nan, nan, nan, nan, nan, nan};
  const auto [mean, variance] = moments(x.values);
  if (!can_be_judged(x)) return {mean, std::sqrt(variance), nan, nan, nan, nan, nan, nan};
  const Chains halves = split(x);
  return {mean,
          std::sqrt(variance),
          split_rhat(halves),
          effective_size(rank_normalised(halves)),
          tail_size(x, halves),
          std::sqrt(variance / effective_size(halves)),
          sd_error(x, mean),
          integrated_time(x).tau};
}

double bfmi(std::span<const double> energy) {
  const Chains x{1, static_cast<std::int64_t>(energy.size()), {energy.begin(), energy.end()}};
  if (!can_be_judged(x)) return not_a_number;
  double jumps = 0.0;
  for (std::size_t i = 1; i < energy.size(); ++i) jumps += (energy[i] - energy[i - 1]) * (energy[i] - energy[i - 1]);
  return jumps / static_cast<double>(energy.size() - 1) / moments(energy).variance;
}

std::vector<double> autocovariance(std::span<const double> chain) {
  if (chain.empty()) return {};
  return mean_autocovariance({1, static_cast<std::int64_t>(chain.size()), {chain.begin(), chain.end()}});
}

AutocorrelationTime autocorrelation_time(const Draws& draws) {
  const Chains x = whole(draws);
  return can_be_judged(x) ? integrated_time(x) : AutocorrelationTime{not_a_number, 0, false};
}

}  // namespace scorefield::reduce
