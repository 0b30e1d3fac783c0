#pragma once
/// Gaussian-process regression.

#include <string>
#include <vector>

#include "model/components.hpp"
#include "physics/regression/parameters.hpp"
#include "physics/regression/priors.hpp"

namespace scorefield::physics {

struct GpRegressionOptions {
  deck::FilePath file;
  std::string response;
  std::vector<std::string> inputs;
  std::string kernel = "squared_exponential";
  bool centre = false;
  ScalePriorOptions amplitude;
  ScalePriorOptions length_scale;
  ScalePriorOptions noise;
};

/// y ~ N(0, K), K_ij = amplitude^2 k(|x_i - x_j| / length_scale) + noise^2 delta_ij, the function behind the data being
/// integrated out (Rasmussen & Williams 2006, eqs. 5.8, 5.9):
///
///     E = 1/2 y^T K^-1 y + 1/2 log det K - log prior,   dE/dtheta = 1/2 tr[(K^-1 - a a^T) dK/dtheta],   a = K^-1 y
///
/// up to a constant. Parameters: amplitude, length_scale, noise (a standard deviation), walked by their logarithms or,
/// between bounds, logits. One rank of a chain computes, n^3 operations for n rows: for hundreds of rows.
class GpRegression final : public model::Target {
 public:
  using Options = GpRegressionOptions;
  static deck::Schema<Options> schema();
  GpRegression(const Options& options, const model::BuildContext& context);

  /// Infinite where K is singular to rounding.
  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return 3.0; }
  /// Half a unit of their logarithms about: the root mean square of y, that of the inputs about their mean, that of y.
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;
  [[nodiscard]] bool is_transformed() const override { return true; }
  void physical(model::DualField& state, model::DualField& out) override { parameters_.physical(state, out); }
  void add_pullback(model::DualField& state, model::DualField& /*field*/, model::DualSum& gradient,
                    model::DualSum& out) override {
    parameters_.add_pullback(state, gradient, out);
  }

  /// k and dk/dlog(length_scale) at a distance in length scales.
  struct KernelValue {
    double value, slope;
  };
  using Kernel = KernelValue (*)(double distance);

 private:
  /// Of the likelihood: energy, then its derivatives by the parameters.
  [[nodiscard]] std::vector<double> likelihood(double amplitude, double length_scale, double noise) const;

  const grid::Domain* domain_;
  Parameters parameters_;
  std::vector<ScalePriorOptions> priors_;
  Kernel kernel_;
  std::vector<double> response_;
  std::vector<double> distances_;  // n rows of n, lower triangle
  std::vector<double> typical_;    // of the parameters, where chains start
};

}  // namespace scorefield::physics
