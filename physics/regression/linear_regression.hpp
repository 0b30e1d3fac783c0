#pragma once
/// Linear regression with unknown noise.

#include <string>
#include <vector>

#include "model/components.hpp"
#include "physics/regression/design_rows.hpp"
#include "physics/regression/parameters.hpp"
#include "physics/regression/priors.hpp"

namespace scorefield::physics {

struct LinearRegressionOptions {
  deck::FilePath file;
  std::string response;
  std::vector<std::string> predictors;
  bool centre = false;
  CoefficientPriorOptions prior{.law = "flat"};
  ScalePriorOptions sigma{.law = "log_uniform"};
};

/// y_i ~ N(eta_i, sigma), eta = X beta (Gelman et al. 2013, ch. 14):
/// E(beta, sigma) = sum_i [ (y_i - eta_i)^2 / (2 sigma^2) + log sigma ] - log p(beta) - log p(sigma).
/// Parameters: the coefficients in the order of the predictors, then sigma, which samplers walk by its logarithm or,
/// between bounds, by its logit. The rows of the data are spread over the ranks.
class LinearRegression final : public model::Target {
 public:
  using Options = LinearRegressionOptions;
  static deck::Schema<Options> schema();
  LinearRegression(const Options& options, const model::BuildContext& context);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(parameters_.size()); }
  /// Coefficients as in logistic_regression; log sigma a unit about that of the response's root mean square.
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;
  [[nodiscard]] bool is_transformed() const override { return true; }
  void physical(model::DualField& state, model::DualField& out) override { parameters_.physical(state, out); }
  void add_pullback(model::DualField& state, model::DualField& /*field*/, model::DualSum& gradient,
                    model::DualSum& out) override {
    parameters_.add_pullback(state, gradient, out);
  }

 private:
  Parameters parameters_;
  CoefficientPriorOptions prior_;
  ScalePriorOptions sigma_prior_;
  DesignRows rows_;  // data: response
  double response_rms_ = 0.0;
};

}  // namespace scorefield::physics
