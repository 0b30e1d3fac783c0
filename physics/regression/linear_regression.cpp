#include "physics/regression/linear_regression.hpp"

#include <cmath>

#include "base/errors.hpp"

namespace scorefield::physics {

namespace {

DesignRows read_rows(const LinearRegressionOptions& options, const base::Comm& comm) {
  const DataTable table = DataTable::read(comm, options.file.path());
  const auto coefficients = static_cast<std::int64_t>(options.predictors.size());
  if (options.prior.law == "flat" && table.rows() <= coefficients) {
    throw base::DeckError("target: " + std::to_string(coefficients) +
                              " coefficients under a flat prior need more than the " + std::to_string(table.rows()) +
                              " rows of '" + options.file.path() + "'",
                          "use 'prior: {law: normal, scale: ...}' or fewer predictors");
  }
  return {
      comm, design_matrix(table, options.predictors, options.centre), {design_column(table, options.response, false)}};
}

std::vector<model::Transform> transforms(const LinearRegressionOptions& options) {
  std::vector<model::Transform> all(options.predictors.size());
  all.push_back(transform(options.sigma));
  return all;
}

}  // namespace

deck::Schema<LinearRegressionOptions> LinearRegression::schema() {
  return deck::Schema<Options>("linear_regression",
                               "Bayesian linear regression with unknown noise; domain.shape is [number of predictors + "
                               "1], the last parameter being the standard deviation sigma of the noise.")
      .reference("Gelman et al. 2013, ch. 14")
      .example("{type: linear_regression, file: design.csv, response: y, predictors: ['1', dose]}")
      .option("file", &Options::file, {.doc = table_doc, .required = true, .must_exist = true})
      .option("response", &Options::response, {.doc = "the response y: a column, or column/number", .required = true})
      .option("predictors", &Options::predictors, {.doc = predictors_doc, .required = true, .min_size = 1})
      .option("centre", &Options::centre, {.doc = "take the mean off each column before products are formed"})
      .section("prior", &Options::prior)
      .section("sigma", &Options::sigma);
}

LinearRegression::LinearRegression(const Options& options, const model::BuildContext& context)
    : parameters_(context.domain, "linear_regression", "a coefficient for each predictor, and sigma",
                  transforms(options)),
      prior_(options.prior),
      sigma_prior_(options.sigma),
      rows_(read_rows(options, context.domain.comm())) {
  const std::vector<double> zero(rows_.coefficients(), 0.0);
  const auto squares = rows_.sums(zero, [](double /*eta*/, const double* y) { return DesignRows::Term{*y * *y, 0.0}; });
  response_rms_ = std::sqrt(squares.back().value() / static_cast<double>(rows_.rows()));
}

void LinearRegression::draw_prior(const noise::Stream& stream, model::DualField& x) {
  parameters_.start(stream, x, [&](std::size_t i, double white) {
    return i < rows_.coefficients() ? start_value(prior_, white) : parameters_.coordinate(i, response_rms_) + white;
  });
}

reduce::ExactSum LinearRegression::evaluate(model::DualField& x, model::DualSum* gradient) {
  const Parameters::Points points = parameters_.read(x);
  const double sigma = points.back().value;
  std::vector<double> beta;
  for (std::size_t j = 0; j + 1 < points.size(); ++j) beta.push_back(points[j].value);

  std::vector<reduce::ExactSum> sums = rows_.sums(beta, [sigma](double eta, const double* y) {
    const double residual = (eta - *y) / sigma;
    return DesignRows::Term{0.5 * residual * residual, residual / sigma};
  });
  const auto rows = static_cast<double>(rows_.rows());
  const PriorTerm of_sigma = prior_term(sigma_prior_, sigma);
  const double sigma_slope = (rows - 2.0 * sums.back().value()) / sigma + of_sigma.slope;
  std::vector<double> slopes = add_priors(prior_, beta, sums);
  slopes.push_back(sigma_slope);
  reduce::ExactSum& energy = sums.back();
  energy.add(rows * std::log(sigma));
  energy.add(of_sigma.energy);
  energy.add(Parameters::jacobian_energy(points));
  parameters_.add_gradient(points, slopes, gradient);
  return energy;
}

}  // namespace scorefield::physics
