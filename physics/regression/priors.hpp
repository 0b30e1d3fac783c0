#pragma once
/// Priors of single parameters.

#include <optional>
#include <string>
#include <vector>

#include "deck/schema.hpp"
#include "model/transform.hpp"
#include "reduce/exact_sum.hpp"

namespace scorefield::physics {

/// -log p of a parameter up to a constant, and its derivative.
struct PriorTerm {
  double energy, slope;
};

struct CoefficientPriorOptions {
  std::string law = "normal";
  double location = 0.0;
  double scale = 2.5;
  static deck::Schema<CoefficientPriorOptions> schema();
};

/// Energy of a coefficient, which may have any sign.
[[nodiscard]] PriorTerm prior_term(const CoefficientPriorOptions& options, double coefficient);
/// Adds the priors of all coefficients to sums of a likelihood, its derivative by each coefficient and then its energy
/// (DesignRows::sums); returns the derivatives.
[[nodiscard]] std::vector<double> add_priors(const CoefficientPriorOptions& options, const std::vector<double>& beta,
                                             std::vector<reduce::ExactSum>& sums);
/// Where chains start, for a white number: within the prior's scale of its location, but not beyond a unit.
[[nodiscard]] double start_value(const CoefficientPriorOptions& options, double white);

struct ScalePriorOptions {
  std::string law = "lognormal";
  double scale = 1.0;
  double width = 1.0;
  double degrees = 1.0;
  double lower = 0.0;
  std::optional<double> upper = std::nullopt;
  static deck::Schema<ScalePriorOptions> schema();
};

/// Energy of a positive parameter such as a standard deviation, by the parameter itself.
[[nodiscard]] PriorTerm prior_term(const ScalePriorOptions& options, double parameter);
/// The coordinate that samplers walk, which keeps it within its bounds.
[[nodiscard]] model::Transform transform(const ScalePriorOptions& options);

}  // namespace scorefield::physics
