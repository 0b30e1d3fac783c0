#include "physics/regression/gp_regression.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/errors.hpp"
#include "physics/regression/cholesky.hpp"
#include "physics/regression/design.hpp"

namespace scorefield::physics {

namespace {

/// Rasmussen & Williams 2006, eqs. 4.9, 4.17, 4.18.
const std::map<std::string, GpRegression::Kernel>& kernels() {
  using Value = GpRegression::KernelValue;
  static const std::map<std::string, GpRegression::Kernel> all{
      {"squared_exponential",
       [](double r) {
         const double k = std::exp(-0.5 * r * r);
         return Value{k, r * r * k};
       }},
      {"matern_5_2",
       [](double r) {
         const double s = std::sqrt(5.0) * r;
         const double e = std::exp(-s);
         return Value{(1.0 + s + s * s / 3.0) * e, s * s * (1.0 + s) / 3.0 * e};
       }},
      {"matern_3_2",
       [](double r) {
         const double s = std::sqrt(3.0) * r;
         const double e = std::exp(-s);
         return Value{(1.0 + s) * e, s * s * e};
       }},
      {"matern_1_2", [](double r) {
         const double e = std::exp(-r);
         return Value{e, r * e};
       }}};
  return all;
}

std::vector<double> about_mean(std::vector<double> values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (double& value : values) value -= mean;
  return values;
}

double root_mean_square(const std::vector<double>& values) {
  const double squares = std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

}  // namespace

deck::Schema<GpRegressionOptions> GpRegression::schema() {
  return deck::Schema<Options>("gp_regression",
                               "Hyperparameters of a Gaussian-process regression; domain.shape is [3]: amplitude, "
                               "length_scale, noise.")
      .reference("Rasmussen & Williams 2006, sec. 5.4")
      .example("{type: gp_regression, file: design.csv, response: y, inputs: [dose]}")
      .option("file", &Options::file, {.doc = table_doc, .required = true, .must_exist = true})
      .option("response", &Options::response, {.doc = "the response y: a column, or column/number", .required = true})
      .option(
          "inputs", &Options::inputs,
          {.doc = "columns between whose rows distances are taken, or column/number", .required = true, .min_size = 1})
      .option("kernel", &Options::kernel,
              {.doc = "covariance of the function by distance",
               .choices = {"squared_exponential", "matern_5_2", "matern_3_2", "matern_1_2"}})
      .option("centre", &Options::centre, {.doc = "take the mean off y"})
      .section("amplitude", &Options::amplitude)
      .section("length_scale", &Options::length_scale)
      .section("noise", &Options::noise);
}

GpRegression::GpRegression(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain),
      parameters_(context.domain, "gp_regression", "amplitude, length_scale, noise",
                  {transform(options.amplitude), transform(options.length_scale), transform(options.noise)}),
      priors_{options.amplitude, options.length_scale, options.noise},
      kernel_(kernels().at(options.kernel)) {
  const DataTable table = DataTable::read(domain_->comm(), options.file.path());
  response_ = design_column(table, options.response, false);
  if (options.centre) response_ = about_mean(response_);
  const std::size_t n = response_.size();
  distances_.assign(n * n, 0.0);
  double spread = 0.0;
  for (const std::string& input : options.inputs) {
    const std::vector<double> x = design_column(table, input, false);
    spread = std::hypot(spread, root_mean_square(about_mean(x)));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) distances_[i * n + j] = std::hypot(distances_[i * n + j], x[i] - x[j]);
    }
  }
  const double rms = root_mean_square(response_);
  typical_ = {rms, spread, rms};
}

void GpRegression::draw_prior(const noise::Stream& stream, model::DualField& x) {
  parameters_.start(stream, x,
                    [&](std::size_t i, double white) { return parameters_.coordinate(i, typical_[i]) + 0.5 * white; });
}

std::vector<double> GpRegression::likelihood(double amplitude, double length_scale, double noise) const {
  const std::size_t n = response_.size();
  const double variance = amplitude * amplitude;
  std::vector<double> covariance(n * n, 0.0);
  std::vector<double> by_length(n * n, 0.0);  // dK/dlog(length_scale)
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const KernelValue k = kernel_(distances_[i * n + j] / length_scale);
      covariance[i * n + j] = variance * k.value + (i == j ? noise * noise : 0.0);
      by_length[i * n + j] = variance * k.slope;
    }
  }
  const auto factor = Cholesky::factor(covariance, n);
  if (!factor) return {std::numeric_limits<double>::infinity(), 0.0, 0.0, 0.0};
  const std::vector<double> a = factor->solve(response_);
  const std::vector<double> inverse = factor->inverse();
  double trace = 0.0;         // of (K^-1 - a a^T) K_noiseless
  double length_trace = 0.0;  // of (K^-1 - a a^T) dK/dlog(length_scale)
  double noise_trace = 0.0;   // of K^-1 - a a^T
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double g = (i == j ? 1.0 : 2.0) * (inverse[i * n + j] - a[i] * a[j]);
      trace += g * covariance[i * n + j];
      length_trace += g * by_length[i * n + j];
      noise_trace += i == j ? g : 0.0;
    }
  }
  trace -= noise * noise * noise_trace;
  const double square = std::inner_product(a.begin(), a.end(), response_.begin(), 0.0);
  return {0.5 * (square + factor->log_determinant()), trace / amplitude, 0.5 * length_trace / length_scale,
          noise * noise_trace};
}

reduce::ExactSum GpRegression::evaluate(model::DualField& x, model::DualSum* gradient) {
  const Parameters::Points points = parameters_.read(x);
  // The owner works, the others get the result.
  std::vector<double> terms(4, 0.0);
  if (parameters_.is_owner()) terms = likelihood(points[0].value, points[1].value, points[2].value);
  domain_->comm().broadcast(terms.data(), 4, domain_->partition().real_owner(0, 0));
  double energy = terms[0] + Parameters::jacobian_energy(points);
  std::vector<double> slopes(terms.begin() + 1, terms.end());
  for (std::size_t i = 0; i < priors_.size(); ++i) {
    const PriorTerm term = prior_term(priors_[i], points[i].value);
    energy += term.energy;
    slopes[i] += term.slope;
  }
  parameters_.add_gradient(points, slopes, gradient);
  return reduce::ExactSum(energy);
}

}  // namespace scorefield::physics
