#include "physics/regression/logistic_regression.hpp"

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"

namespace scorefield::physics {

namespace {

DesignRows read_rows(const LogisticRegressionOptions& options, const base::Comm& comm) {
  const DataTable table = DataTable::read(comm, options.file.path());
  const std::vector<double>& successes = table.column(options.successes);
  const std::vector<double> ones(successes.size(), 1.0);
  const std::vector<double>& trials = options.trials.empty() ? ones : table.column(options.trials);
  for (std::size_t i = 0; i < successes.size(); ++i) {
    if (!(successes[i] >= 0.0 && successes[i] <= trials[i])) {
      throw base::FileError("data row " + std::to_string(i + 1) + " of '" + options.file.path() + "' has " +
                            std::to_string(successes[i]) + " successes in " + std::to_string(trials[i]) + " trials");
    }
  }
  return {comm, design_matrix(table, options.predictors, options.centre), {successes, trials}};
}

}  // namespace

deck::Schema<LogisticRegressionOptions> LogisticRegression::schema() {
  return deck::Schema<Options>("logistic_regression",
                               "Bayesian logistic regression on a table; domain.shape is [number of predictors].")
      .reference("Gelman et al. 2013, ch. 16")
      .example("{type: logistic_regression, file: design.csv, successes: y, predictors: ['1', dose, dose*dose]}")
      .option("file", &Options::file, {.doc = table_doc, .required = true, .must_exist = true})
      .option("successes", &Options::successes,
              {.doc = "column of successes (0 or 1, or up to trials)", .required = true})
      .option("trials", &Options::trials, {.doc = "column of trials; empty: one for each row"})
      .option("predictors", &Options::predictors, {.doc = predictors_doc, .required = true, .min_size = 1})
      .option("centre", &Options::centre, {.doc = "take the mean off each column before products are formed"})
      .section("prior", &Options::prior);
}

LogisticRegression::LogisticRegression(const Options& options, const model::BuildContext& context)
    : parameters_(context.domain, "logistic_regression", "a coefficient for each predictor",
                  std::vector<model::Transform>(options.predictors.size())),
      prior_(options.prior),
      rows_(read_rows(options, context.domain.comm())) {}

void LogisticRegression::draw_prior(const noise::Stream& stream, model::DualField& x) {
  parameters_.start(stream, x, [&](std::size_t /*i*/, double white) { return start_value(prior_, white); });
}

reduce::ExactSum LogisticRegression::evaluate(model::DualField& x, model::DualSum* gradient) {
  const Parameters::Points points = parameters_.read(x);
  std::vector<double> beta;
  for (const auto& point : points) beta.push_back(point.value);

  std::vector<reduce::ExactSum> sums = rows_.sums(beta, [](double eta, const double* row) {
    // log(1 + exp(eta)) and the probability, without overflow.
    const double small = std::exp(-std::abs(eta));
    const double probability = (eta >= 0.0 ? 1.0 : small) / (1.0 + small);
    const double successes = row[0];
    const double trials = row[1];
    return DesignRows::Term{trials * (std::max(eta, 0.0) + std::log1p(small)) - successes * eta,
                            trials * probability - successes};
  });
  const std::vector<double> slopes = add_priors(prior_, beta, sums);
  parameters_.add_gradient(points, slopes, gradient);
  return sums.back();
}

}  // namespace scorefield::physics
