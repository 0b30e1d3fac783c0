#pragma once
/// Normal means with a common, unknown spread.

#include <string>
#include <vector>

#include "model/components.hpp"
#include "physics/regression/parameters.hpp"
#include "physics/regression/priors.hpp"

namespace scorefield::physics {

struct HierarchicalNormalOptions {
  std::vector<double> means;
  std::vector<double> std;
  std::string parametrisation = "non_centred";
  double location_scale = 5.0;
  double spread_scale = 5.0;
};

/// y_j ~ N(theta_j, std_j), theta_j ~ N(mu, tau), mu ~ N(0, location_scale), tau ~ half-Cauchy(spread_scale) (Rubin
/// 1981; Gelman et al. 2013, sec. 5.5). Users see mu, tau, theta_1, ...; samplers walk mu, log tau and for each group
/// theta_j (centred) or (theta_j - mu) / tau (non_centred). The centred form has a funnel that no step size fits.
class HierarchicalNormal final : public model::Target {
 public:
  using Options = HierarchicalNormalOptions;
  static deck::Schema<Options> schema();
  HierarchicalNormal(const Options& options, const model::BuildContext& context);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(options_.means.size() + 2); }
  /// Independent normal numbers as coordinates.
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;
  [[nodiscard]] bool is_transformed() const override { return true; }
  void physical(model::DualField& state, model::DualField& out) override;
  void add_pullback(model::DualField& state, model::DualField& field, model::DualSum& gradient,
                    model::DualSum& out) override;

 private:
  /// theta_j of a group, from what stands for it.
  [[nodiscard]] double group_mean(const Parameters::Points& points, std::size_t group) const;

  Options options_;
  CoefficientPriorOptions mu_prior_;
  ScalePriorOptions tau_prior_;
  bool is_centred_;
  Parameters parameters_;
};

}  // namespace scorefield::physics
