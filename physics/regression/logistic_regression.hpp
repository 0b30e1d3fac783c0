#pragma once
/// Logistic regression.

#include <string>
#include <vector>

#include "model/components.hpp"
#include "physics/regression/design_rows.hpp"
#include "physics/regression/parameters.hpp"
#include "physics/regression/priors.hpp"

namespace scorefield::physics {

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
/// the rows of the data are spread over the ranks.
class LogisticRegression final : public model::Target {
 public:
  using Options = LogisticRegressionOptions;
  static deck::Schema<Options> schema();
  LogisticRegression(const Options& options, const model::BuildContext& context);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(parameters_.size()); }
  /// Normal draws about the prior's location, within its scale but not beyond a unit.
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;

 private:
  Parameters parameters_;
  CoefficientPriorOptions prior_;
  DesignRows rows_;  // data: successes, trials
};

}  // namespace scorefield::physics
