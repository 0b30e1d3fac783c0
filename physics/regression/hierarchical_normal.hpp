#pragma once
/// Normal means with a common, unknown spread.

#include <string>
#include <vector>

#include "model/components.hpp"

namespace scorefield::physics {

struct HierarchicalNormalOptions {
  std::vector<double> means;
  std::vector<double> std;
  std::string parametrisation = "non_centred";
  double location_scale = 5.0;
  double spread_scale = 5.0;
};

/// y_j ~ N(theta_j, std_j), theta_j ~ N(mu, tau), mu ~ N(0, location_scale), tau ~ half-Cauchy(spread_scale) (Rubin
/// 1981; Gelman et al. 2013, sec. 5.5). State: mu, log tau, then for each group theta_j (centred) or (theta_j - mu) /
/// tau (non_centred); the Jacobian of log tau is in the energy. The centred form has a funnel that no step size fits.
class HierarchicalNormal final : public model::Target {
 public:
  using Options = HierarchicalNormalOptions;
  static deck::Schema<Options> schema();
  HierarchicalNormal(const Options& options, const model::BuildContext& context);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(options_.means.size() + 2); }
  /// Independent normal numbers.
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;

 private:
  const grid::Domain* domain_;
  Options options_;
};

}  // namespace scorefield::physics
