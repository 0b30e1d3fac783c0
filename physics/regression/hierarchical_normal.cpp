#include "physics/regression/hierarchical_normal.hpp"

#include <cmath>

namespace scorefield::physics {

namespace {

std::vector<model::Transform> transforms(std::size_t groups) {
  std::vector<model::Transform> all(groups + 2);
  all[1] = model::Transform::above(0.0);  // tau
  return all;
}

}  // namespace

deck::Schema<HierarchicalNormalOptions> HierarchicalNormal::schema() {
  return deck::Schema<Options>("hierarchical_normal",
                               "Groups whose means share an unknown centre and spread (eight schools); domain.shape is "
                               "[groups + 2]: mu, tau, group means.")
      .reference("Rubin 1981; Gelman et al. 2013, sec. 5.5")
      .example("{type: hierarchical_normal, means: [28.0], std: [15.0]}")
      .option("means", &Options::means,
              {.unit = "1", .doc = "observed mean of each group", .required = true, .min_size = 1})
      .option("std", &Options::std,
              {.unit = "1", .doc = "its standard error", .required = true, .above = 0.0, .min_size = 1})
      .option("parametrisation", &Options::parametrisation,
              {.doc = "what samplers walk for group j: theta_j (centred) or (theta_j - mu) / tau (non_centred)",
               .choices = {"non_centred", "centred"}})
      .option("location_scale", &Options::location_scale,
              {.unit = "1", .doc = "standard deviation of the normal prior of mu about 0", .above = 0.0})
      .option("spread_scale", &Options::spread_scale,
              {.unit = "1", .doc = "half width of the half-Cauchy prior of tau", .above = 0.0})
      .check([](const Options& o, const auto& report) {
        if (o.means.size() != o.std.size()) report("std", "needs as many numbers as 'means'");
      });
}

HierarchicalNormal::HierarchicalNormal(const Options& options, const model::BuildContext& context)
    : options_(options),
      mu_prior_{.law = "normal", .scale = options.location_scale},
      tau_prior_{.law = "half_cauchy", .scale = options.spread_scale},
      is_centred_(options.parametrisation == "centred"),
      parameters_(context.domain, "hierarchical_normal", "mu, tau, and one for each group",
                  transforms(options.means.size())) {}

void HierarchicalNormal::draw_prior(const noise::Stream& stream, model::DualField& x) {
  parameters_.start(stream, x, [](std::size_t /*i*/, double white) { return white; });
}

double HierarchicalNormal::group_mean(const Parameters::Points& points, std::size_t group) const {
  const double own = points[2 + group].value;
  return is_centred_ ? own : points[0].value + points[1].value * own;
}

void HierarchicalNormal::physical(model::DualField& state, model::DualField& out) {
  const Parameters::Points points = parameters_.read(state);
  std::vector<double> values{points[0].value, points[1].value};
  for (std::size_t j = 0; j < options_.means.size(); ++j) values.push_back(group_mean(points, j));
  parameters_.write(values, out);
}

void HierarchicalNormal::add_pullback(model::DualField& state, model::DualField& /*field*/, model::DualSum& gradient,
                                      model::DualSum& out) {
  const Parameters::Points points = parameters_.read(state);
  std::vector<double> slopes = parameters_.owned(gradient);
  for (std::size_t i = 2; !is_centred_ && i < slopes.size(); ++i) {
    slopes[0] += slopes[i];
    slopes[1] += slopes[i] * points[i].value;
    slopes[i] *= points[1].value;
  }
  parameters_.add_pullback(points, slopes, out);
}

reduce::ExactSum HierarchicalNormal::evaluate(model::DualField& x, model::DualSum* gradient) {
  const Parameters::Points points = parameters_.read(x);
  const double mu = points[0].value;
  const double tau = points[1].value;
  const std::size_t groups = options_.means.size();
  const PriorTerm of_mu = prior_term(mu_prior_, mu);
  const PriorTerm of_tau = prior_term(tau_prior_, tau);
  double energy = of_mu.energy + of_tau.energy;
  std::vector<double> slopes(points.size(), 0.0);
  slopes[0] = of_mu.slope;
  slopes[1] = of_tau.slope;
  for (std::size_t j = 0; j < groups; ++j) {
    const double theta = group_mean(points, j);
    const double residual = (theta - options_.means[j]) / options_.std[j];
    const double pull = residual / options_.std[j];  // dE/dtheta of the datum
    const double z = is_centred_ ? (theta - mu) / tau : points[2 + j].value;
    energy += 0.5 * (residual * residual + z * z);
    if (is_centred_) {
      energy += std::log(tau);  // of the normal density of theta
      slopes[0] -= z / tau;
      slopes[1] += (1.0 - z * z) / tau;
      slopes[2 + j] = pull + z / tau;
    } else {
      slopes[0] += pull;
      slopes[1] += pull * z;
      slopes[2 + j] = pull * tau + z;
    }
  }
  parameters_.add_gradient(points, slopes, gradient);
  return reduce::ExactSum(energy + Parameters::jacobian_energy(points));
}

}  // namespace scorefield::physics
