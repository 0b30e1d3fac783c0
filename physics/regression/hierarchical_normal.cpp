#include "physics/regression/hierarchical_normal.hpp"

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"
#include "noise/normals.hpp"

namespace scorefield::physics {

deck::Schema<HierarchicalNormalOptions> HierarchicalNormal::schema() {
  return deck::Schema<Options>("hierarchical_normal",
                               "Groups whose means share an unknown centre and spread (eight schools); domain.shape is "
                               "[groups + 2]: mu, log tau, groups.")
      .reference("Rubin 1981; Gelman et al. 2013, sec. 5.5")
      .example("{type: hierarchical_normal, means: [28.0], std: [15.0]}")
      .option("means", &Options::means,
              {.unit = "1", .doc = "observed mean of each group", .required = true, .min_size = 1})
      .option("std", &Options::std,
              {.unit = "1", .doc = "its standard error", .required = true, .above = 0.0, .min_size = 1})
      .option("parametrisation", &Options::parametrisation,
              {.doc = "what stands for group j: theta_j (centred) or (theta_j - mu) / tau (non_centred)",
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
    : domain_(&context.domain), options_(options) {
  const auto wanted = static_cast<std::int64_t>(options.means.size() + 2);
  if (domain_->lattice().shape() != std::vector<std::int64_t>{wanted}) {
    throw base::DeckError("hierarchical_normal with " + std::to_string(options.means.size()) + " groups has " +
                              std::to_string(wanted) + " parameters: mu, log tau, and one for each group",
                          "set domain.shape to [" + std::to_string(wanted) + "]");
  }
}

void HierarchicalNormal::draw_prior(const noise::Stream& stream, model::DualField& x) {
  noise::fill_white(*domain_, stream, x.set_real());
}

reduce::ExactSum HierarchicalNormal::evaluate(model::DualField& x, model::DualSum* gradient) {
  // A dozen numbers: their owner works, the others get the result.
  const grid::Field& field = x.real();
  const std::size_t groups = options_.means.size();
  std::vector<double> slope(groups + 2, 0.0);
  double energy = 0.0;
  if (!field.box().empty()) {
    const double* state = field.data();
    const double mu = state[0];
    const double tau = std::exp(state[1]);
    const double z_mu = mu / options_.location_scale;
    const double ratio = tau / options_.spread_scale;
    energy = 0.5 * z_mu * z_mu + std::log1p(ratio * ratio) - state[1];  // the last is the Jacobian of log tau
    slope[0] = z_mu / options_.location_scale;
    slope[1] = 2.0 * ratio * ratio / (1.0 + ratio * ratio) - 1.0;
    const bool is_centred = options_.parametrisation == "centred";
    for (std::size_t j = 0; j < groups; ++j) {
      const double theta = is_centred ? state[2 + j] : mu + tau * state[2 + j];
      const double residual = (theta - options_.means[j]) / options_.std[j];
      const double pull = residual / options_.std[j];  // dE/dtheta of the datum
      const double z = is_centred ? (theta - mu) / tau : state[2 + j];
      energy += 0.5 * (residual * residual + z * z);
      if (is_centred) {
        energy += state[1];  // log tau, of the normal density of theta
        slope[0] -= z / tau;
        slope[1] += 1.0 - z * z;
        slope[2 + j] = pull + z / tau;
      } else {
        slope[0] += pull;
        slope[1] += pull * tau * z;
        slope[2 + j] = pull * tau + z;
      }
    }
    if (gradient != nullptr) {
      const auto part = gradient->real_part();
      for (std::size_t i = 0; i < slope.size(); ++i) {
        part.field.data()[i] = part.fresh ? slope[i] : part.field.data()[i] + slope[i];
      }
    }
  } else if (gradient != nullptr) {
    gradient->real_part();
  }
  domain_->comm().broadcast(&energy, 1, domain_->partition().real_owner(0, 0));
  return reduce::ExactSum(energy);
}

}  // namespace scorefield::physics
