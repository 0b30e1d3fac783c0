#pragma once
/// Logistic regression.

#include <optional>
#include <string>
#include <vector>

#include "model/components.hpp"

namespace scorefield::physics {

struct CoefficientPriorOptions {
  std::string law = "normal";
  double location = 0.0;
  double scale = 2.5;
  static deck::Schema<CoefficientPriorOptions> schema();
};

struct LogisticRegressionOptions {
  deck::FilePath file;
  std::string successes;
  std::string trials;
  std::vector<std::string> predictors;
  bool centre = false;
  CoefficientPriorOptions prior;
};

/// E(beta) = sum_i [ n_i log(1 + exp(eta_i)) - y_i eta_i ] - log p(beta), eta = X beta: y_i successes of n_i trials,
/// without the binomial coefficients. The coefficients are the cells of a 1-D lattice, in the order of the predictors;
/// the rows of the data are spread over the ranks in blocks whose sums do not depend on the number of ranks.
class LogisticRegression final : public model::Target {
 public:
  using Options = LogisticRegressionOptions;
  static deck::Schema<Options> schema();
  LogisticRegression(const Options& options, const model::BuildContext& context);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(coefficients_); }
  /// Normal draws about the prior's location, within its scale but not beyond a unit.
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;

 private:
  /// Energy of one coefficient under the prior, and its derivative.
  struct Term {
    double energy, slope;
  };
  [[nodiscard]] Term prior(double coefficient) const;

  const grid::Domain* domain_;
  std::int64_t coefficients_;
  CoefficientPriorOptions prior_;
  std::vector<double> design_;  // (row, coefficient), this rank's rows
  std::vector<double> successes_, trials_;
  std::int64_t first_row_ = 0;
};

}  // namespace scorefield::physics
