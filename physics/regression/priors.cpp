#include "physics/regression/priors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

namespace scorefield::physics {

namespace {

template <class Options>
using Laws = std::map<std::string, PriorTerm (*)(const Options&, double)>;

const Laws<CoefficientPriorOptions>& coefficient_laws() {
  using Options = CoefficientPriorOptions;
  static const Laws<Options> laws{{"normal",
                                   [](const Options& o, double x) {
                                     const double u = (x - o.location) / o.scale;
                                     return PriorTerm{0.5 * u * u, u / o.scale};
                                   }},
                                  {"cauchy",
                                   [](const Options& o, double x) {
                                     const double u = (x - o.location) / o.scale;
                                     return PriorTerm{std::log1p(u * u), 2.0 * u / ((1.0 + u * u) * o.scale)};
                                   }},
                                  {"flat", [](const Options& /*options*/, double /*x*/) {
                                     return PriorTerm{0.0, 0.0};
                                   }}};
  return laws;
}

const Laws<ScalePriorOptions>& scale_laws() {
  using Options = ScalePriorOptions;
  static const Laws<Options> laws{
      {"half_normal",
       [](const Options& o, double s) {
         const double u = s / o.scale;
         return PriorTerm{0.5 * u * u, u / o.scale};
       }},
      {"half_cauchy",
       [](const Options& o, double s) {
         const double u = s / o.scale;
         return PriorTerm{std::log1p(u * u), 2.0 * u / ((1.0 + u * u) * o.scale)};
       }},
      {"lognormal",
       [](const Options& o, double s) {
         const double u = std::log(s / o.scale) / o.width;
         return PriorTerm{0.5 * u * u + std::log(s), (u / o.width + 1.0) / s};
       }},
      {"scaled_inverse_chi2",
       [](const Options& o, double s) {
         const double ratio = o.scale / s;
         const double pull = o.degrees * ratio * ratio;
         return PriorTerm{(o.degrees + 1.0) * std::log(s) + 0.5 * pull, (o.degrees + 1.0 - pull) / s};
       }},
      {"log_uniform",
       [](const Options& /*options*/, double s) {
         return PriorTerm{std::log(s), 1.0 / s};
       }},
      {"uniform", [](const Options& /*options*/, double /*s*/) {
         return PriorTerm{0.0, 0.0};
       }}};
  return laws;
}

}  // namespace

deck::Schema<CoefficientPriorOptions> CoefficientPriorOptions::schema() {
  return deck::Schema<CoefficientPriorOptions>("prior", "Prior of each coefficient, independent of the others.")
      .option("law", &CoefficientPriorOptions::law,
              {.doc = "law of each coefficient", .choices = {"normal", "cauchy", "flat"}})
      .option("location", &CoefficientPriorOptions::location, {.unit = "1", .doc = "centre of normal and cauchy"})
      .option("scale", &CoefficientPriorOptions::scale,
              {.unit = "1", .doc = "standard deviation of normal, half width of cauchy", .above = 0.0});
}

PriorTerm prior_term(const CoefficientPriorOptions& options, double coefficient) {
  return coefficient_laws().at(options.law)(options, coefficient);
}

std::vector<double> add_priors(const CoefficientPriorOptions& options, const std::vector<double>& beta,
                               std::vector<reduce::ExactSum>& sums) {
  std::vector<double> slopes;
  for (std::size_t j = 0; j < beta.size(); ++j) {
    const PriorTerm term = prior_term(options, beta[j]);
    sums.back().add(term.energy);
    sums[j].add(term.slope);
    slopes.push_back(sums[j].value());
  }
  return slopes;
}

double start_value(const CoefficientPriorOptions& options, double white) {
  return options.law == "flat" ? white : options.location + std::min(1.0, options.scale) * white;
}

deck::Schema<ScalePriorOptions> ScalePriorOptions::schema() {
  using Options = ScalePriorOptions;
  return deck::Schema<Options>("scale_prior", "Prior of a positive parameter.")
      .option("law", &Options::law,
              {.doc = "law of the parameter s; scaled_inverse_chi2 is that of s^2, log_uniform is flat in log s and "
                      "proper only between bounds, as is uniform",
               .choices = {"half_normal", "half_cauchy", "lognormal", "scaled_inverse_chi2", "log_uniform", "uniform"}})
      .option("scale", &Options::scale,
              {.unit = "that of s",
               .doc = "standard deviation of half_normal, half width of half_cauchy, median of lognormal, scale of "
                      "scaled_inverse_chi2",
               .above = 0.0})
      .option("width", &Options::width, {.unit = "1", .doc = "standard deviation of log s (lognormal)", .above = 0.0})
      .option("degrees", &Options::degrees,
              {.unit = "1", .doc = "degrees of freedom (scaled_inverse_chi2)", .above = 0.0})
      .option("lower", &Options::lower, {.unit = "that of s", .doc = "s is above this", .min = 0.0})
      .option("upper", &Options::upper,
              {.unit = "that of s", .doc = "s is below this", .above = 0.0, .auto_doc = "no bound"})
      .check([](const Options& o, const auto& report) {
        if (o.upper && *o.upper <= o.lower) report("upper", "must be above 'lower'");
      });
}

PriorTerm prior_term(const ScalePriorOptions& options, double parameter) {
  return scale_laws().at(options.law)(options, parameter);
}

model::Transform transform(const ScalePriorOptions& options) {
  return model::Transform::between(options.lower, options.upper.value_or(std::numeric_limits<double>::infinity()));
}

}  // namespace scorefield::physics
