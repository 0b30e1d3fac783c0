#include "samplers/diffusion/schedules.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/errors.hpp"

namespace scorefield::samplers {

namespace {

template <class Options>
deck::Schema<Options> with_limits(deck::Schema<Options> schema) {
  schema
      .option("sigma_max", &Options::sigma_max,
              {.unit = "unit of the field",
               .doc = "highest noise level",
               .above = 0.0,
               .auto_doc = "the denoiser's, else 80 standard deviations of the field"})
      .option("sigma_min", &Options::sigma_min,
              {.unit = "unit of the field",
               .doc = "lowest noise level",
               .above = 0.0,
               .auto_doc = "the denoiser's, else 0.002 standard deviations of the field"});
  return schema;
}

struct Limits {
  double max, min;
};

Limits limits_of(const NoiseLimits& given, const model::Denoiser& denoiser) {
  const model::Denoiser::NoiseRange range = denoiser.noise_range();
  const double unit = denoiser.standard_deviation();
  const Limits limits{given.sigma_max.value_or(std::isfinite(range.max) ? range.max : 80.0 * unit),
                      given.sigma_min.value_or(range.min > 0.0 ? range.min : 0.002 * unit)};
  if (!(limits.min < limits.max)) {
    throw base::DeckError(fmt::format("the schedule's noise levels fall from sigma_max {:.4g} to sigma_min {:.4g}",
                                      limits.max, limits.min),
                          "give a sigma_max above sigma_min");
  }
  // By a part in a million: limits come from decks and files in decimal digits.
  if (limits.min < range.min * (1.0 - 1e-6) || limits.max > range.max * (1.0 + 1e-6)) {
    throw base::DeckError(
        fmt::format("the schedule goes from sigma {:.4g} to {:.4g}, and the score is good from {:.4g} "
                    "to {:.4g}",
                    limits.max, limits.min, range.max, range.min),
        "leave out sigma_max and sigma_min");
  }
  return limits;
}

/// level(0) .. level(1) in n - 1 equal steps.
template <class Level>
std::vector<double> equal_steps(std::int64_t n, const Level& level) {
  std::vector<double> levels;
  for (std::int64_t i = 0; i < n; ++i) levels.push_back(level(static_cast<double>(i) / static_cast<double>(n - 1)));
  return levels;
}

}  // namespace

deck::Schema<GeometricOptions> Geometric::schema() {
  return with_limits(deck::Schema<Options>("geometric", "Noise levels in equal ratios.")
                         .reference("Song & Ermon 2019, arXiv:1907.05600")
                         .example("{type: geometric, sigma_max: 10.0, sigma_min: 0.01}"));
}

Geometric::Geometric(const Options& options, const model::ScheduleContext& context)
    : max_(limits_of(options, context.denoiser).max), min_(limits_of(options, context.denoiser).min) {}

std::vector<double> Geometric::levels(std::int64_t n) const {
  return equal_steps(n, [&](double t) { return max_ * std::exp(t * std::log(min_ / max_)); });
}

deck::Schema<EdmOptions> Edm::schema() {
  return with_limits(
      deck::Schema<Options>("edm", "Noise levels in equal steps of sigma^(1/rho): most of them at low noise.")
          .reference("Karras et al. 2022, arXiv:2206.00364, eq. 5")
          .example("{type: edm, rho: 7.0}")
          .option("rho", &Options::rho,
                  {.unit = "1", .doc = "1: equal steps of sigma; the larger, the more at low noise", .above = 0.0}));
}

Edm::Edm(const Options& options, const model::ScheduleContext& context)
    : max_(limits_of(options, context.denoiser).max),
      min_(limits_of(options, context.denoiser).min),
      rho_(options.rho) {}

std::vector<double> Edm::levels(std::int64_t n) const {
  const double first = std::pow(max_, 1.0 / rho_);
  const double last = std::pow(min_, 1.0 / rho_);
  return equal_steps(n, [&](double t) { return std::pow(first + t * (last - first), rho_); });
}

deck::Schema<VpLinearOptions> VpLinear::schema() {
  return deck::Schema<Options>(
             "vp_linear", "Noise levels of the variance-preserving SDE with a linear beta(t), in equal steps of t.")
      .reference("Song et al. 2021, arXiv:2011.13456, eq. 32")
      .example("{type: vp_linear}")
      .option("beta_min", &Options::beta_min, {.unit = "1", .doc = "beta(0)", .above = 0.0})
      .option("beta_max", &Options::beta_max, {.unit = "1", .doc = "beta(1)", .above = 0.0, .max = 1000.0})
      .option("t_min", &Options::t_min, {.unit = "1", .doc = "where time ends", .above = 0.0, .below = 1.0});
}

VpLinear::VpLinear(const Options& options, const model::ScheduleContext& context)
    : options_(options), unit_(context.denoiser.standard_deviation()) {}

std::vector<double> VpLinear::levels(std::int64_t n) const {
  return equal_steps(n, [&](double way) {
    const double t = 1.0 + way * (options_.t_min - 1.0);
    return unit_ * std::sqrt(std::expm1(t * (options_.beta_min + 0.5 * t * (options_.beta_max - options_.beta_min))));
  });
}

deck::Schema<CosineOptions> Cosine::schema() {
  return with_limits(
      deck::Schema<Options>("cosine",
                            "Noise levels sd tan(theta) in equal steps of theta: most of them where noise and "
                            "signal are alike.")
          .reference("Nichol & Dhariwal 2021, arXiv:2102.09672, eq. 17")
          .example("{type: cosine}"));
}

Cosine::Cosine(const Options& options, const model::ScheduleContext& context)
    : max_(limits_of(options, context.denoiser).max),
      min_(limits_of(options, context.denoiser).min),
      unit_(context.denoiser.standard_deviation()) {}

std::vector<double> Cosine::levels(std::int64_t n) const {
  const double first = std::atan(max_ / unit_);
  const double last = std::atan(min_ / unit_);
  return equal_steps(n, [&](double t) { return unit_ * std::tan(first + t * (last - first)); });
}

}  // namespace scorefield::samplers
