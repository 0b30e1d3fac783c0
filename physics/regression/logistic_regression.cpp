#include "physics/regression/logistic_regression.hpp"

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"
#include "noise/normals.hpp"
#include "physics/regression/design.hpp"

namespace scorefield::physics {

namespace {
/// Rows whose terms are added in order; blocks are added exactly, so that it does not matter who has which.
constexpr std::int64_t block = 64;
}  // namespace

deck::Schema<CoefficientPriorOptions> CoefficientPriorOptions::schema() {
  return deck::Schema<CoefficientPriorOptions>("prior", "Prior of each coefficient, independent of the others.")
      .option("law", &CoefficientPriorOptions::law,
              {.doc = "law of each coefficient", .choices = {"normal", "cauchy", "flat"}})
      .option("location", &CoefficientPriorOptions::location, {.unit = "1", .doc = "centre of normal and cauchy"})
      .option("scale", &CoefficientPriorOptions::scale,
              {.unit = "1", .doc = "standard deviation of normal, half width of cauchy", .above = 0.0});
}

deck::Schema<LogisticRegressionOptions> LogisticRegression::schema() {
  return deck::Schema<Options>("logistic_regression",
                               "Bayesian logistic regression on a table; domain.shape is [number of predictors].")
      .reference("Gelman et al. 2013, ch. 16")
      .example("{type: logistic_regression, file: design.csv, successes: y, predictors: ['1', dose, dose*dose]}")
      .option("file", &Options::file, {.doc = "CSV file with a header line", .required = true, .must_exist = true})
      .option("successes", &Options::successes,
              {.doc = "column of successes (0 or 1, or up to trials)", .required = true})
      .option("trials", &Options::trials, {.doc = "column of trials; empty: one for each row"})
      .option("predictors", &Options::predictors,
              {.doc = "one for each coefficient: '1' (intercept), a column, column/number, or products of these with *",
               .required = true,
               .min_size = 1})
      .option("centre", &Options::centre, {.doc = "take the mean off each column before products are formed"})
      .section("prior", &Options::prior);
}

LogisticRegression::LogisticRegression(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain),
      coefficients_(static_cast<std::int64_t>(options.predictors.size())),
      prior_(options.prior) {
  const grid::Lattice& lattice = domain_->lattice();
  if (lattice.shape() != std::vector<std::int64_t>{coefficients_}) {
    throw base::DeckError(
        "logistic_regression has " + std::to_string(coefficients_) + " coefficients, one for each predictor",
        "set domain.shape to [" + std::to_string(coefficients_) + "]");
  }
  const base::Comm& comm = domain_->comm();
  const DataTable table = DataTable::read(comm, options.file.path());
  std::vector<std::vector<double>> design;
  for (const std::string& term : options.predictors) design.push_back(design_column(table, term, options.centre));
  const std::vector<double>& successes = table.column(options.successes);
  const std::vector<double> ones(successes.size(), 1.0);
  const std::vector<double>& trials = options.trials.empty() ? ones : table.column(options.trials);
  for (std::size_t i = 0; i < successes.size(); ++i) {
    if (!(successes[i] >= 0.0 && successes[i] <= trials[i])) {
      throw base::FileError("data row " + std::to_string(i + 1) + " of '" + options.file.path() + "' has " +
                            std::to_string(successes[i]) + " successes in " + std::to_string(trials[i]) + " trials");
    }
  }
  const std::int64_t blocks = (table.rows() + block - 1) / block;
  const auto rank = static_cast<std::int64_t>(comm.rank());
  first_row_ = std::min(table.rows(), blocks * rank / comm.size() * block);
  const std::int64_t end = std::min(table.rows(), blocks * (rank + 1) / comm.size() * block);
  for (std::int64_t row = first_row_; row < end; ++row) {
    const auto i = static_cast<std::size_t>(row);
    for (const auto& column : design) design_.push_back(column[i]);
    successes_.push_back(successes[i]);
    trials_.push_back(trials[i]);
  }
}

void LogisticRegression::draw_prior(const noise::Stream& stream, model::DualField& x) {
  const grid::Field& beta = x.set_real();
  noise::fill_white(*domain_, stream, beta);
  const bool is_flat = prior_.law == "flat";
  const double centre = is_flat ? 0.0 : prior_.location;
  const double width = is_flat ? 1.0 : std::min(1.0, prior_.scale);
  for (std::int64_t i = 0; i < beta.size(); ++i) beta.data()[i] = centre + width * beta.data()[i];
}

LogisticRegression::Term LogisticRegression::prior(double coefficient) const {
  if (prior_.law == "flat") return {0.0, 0.0};
  const double u = (coefficient - prior_.location) / prior_.scale;
  if (prior_.law == "normal") return {0.5 * u * u, u / prior_.scale};
  return {std::log1p(u * u), 2.0 * u / ((1.0 + u * u) * prior_.scale)};
}

reduce::ExactSum LogisticRegression::evaluate(model::DualField& x, model::DualSum* gradient) {
  const grid::Field& field = x.real();
  const bool is_owner = !field.box().empty();  // rows of x are whole: one rank has all coefficients
  const auto d = static_cast<std::size_t>(coefficients_);
  std::vector<double> beta(d, 0.0);
  if (is_owner) std::copy_n(field.data(), d, beta.begin());
  domain_->comm().broadcast(beta.data(), coefficients_, domain_->partition().real_owner(0, 0));

  std::vector<reduce::ExactSum> sums(d + 1);  // slopes, then energy
  std::vector<double> of_block(d + 1);
  const auto rows = static_cast<std::int64_t>(successes_.size());
  for (std::int64_t first = 0; first < rows; first += block) {
    std::fill(of_block.begin(), of_block.end(), 0.0);
    for (std::int64_t row = first; row < std::min(rows, first + block); ++row) {
      const double* line = design_.data() + row * coefficients_;
      double eta = 0.0;
      for (std::size_t j = 0; j < d; ++j) eta += line[j] * beta[j];
      const auto i = static_cast<std::size_t>(row);
      // log(1 + exp(eta)) and the probability, without overflow.
      const double small = std::exp(-std::abs(eta));
      const double probability = (eta >= 0.0 ? 1.0 : small) / (1.0 + small);
      of_block[d] += trials_[i] * (std::max(eta, 0.0) + std::log1p(small)) - successes_[i] * eta;
      const double slope = trials_[i] * probability - successes_[i];
      for (std::size_t j = 0; j < d; ++j) of_block[j] += slope * line[j];
    }
    for (std::size_t j = 0; j <= d; ++j) sums[j].add(of_block[j]);
  }
  reduce::ExactSum::all_reduce(domain_->comm(), sums);
  for (std::size_t j = 0; j < d; ++j) {
    const Term term = prior(beta[j]);
    sums[d].add(term.energy);
    sums[j].add(term.slope);
  }
  if (gradient != nullptr) {
    const auto part = gradient->real_part();
    for (std::size_t j = 0; j < d && is_owner; ++j) {
      part.field.data()[j] = part.fresh ? sums[j].value() : part.field.data()[j] + sums[j].value();
    }
  }
  return sums[d];
}

}  // namespace scorefield::physics
