#include "samplers/common/step_adaptation.hpp"

#include <cmath>

namespace scorefield::samplers {

void StepAdaptation::visit(io::Archive& archive) {
  archive.scalar("mean_error", mean_error);
  archive.scalar("mean_log_step", mean_log_step);
}

void StepAdaptation::restart(double first_step_size) {
  mean_error = 0.0;
  mean_log_step = std::log(first_step_size);
}

double StepAdaptation::next_step_size(std::int64_t t, std::int64_t warmup, double first_step_size, double acceptance,
                                      double target_acceptance) {
  // Constants of Hoffman & Gelman 2014; they shrink towards ten times the first step, we towards the first: ours comes
  // from scaling theory and errs on neither side.
  constexpr double gamma = 0.05;
  constexpr double t0 = 10.0;
  constexpr double kappa = 0.75;
  const double count = static_cast<double>(t + 1);
  const double weight = 1.0 / (count + t0);
  mean_error = (1.0 - weight) * mean_error + weight * (target_acceptance - acceptance);
  const double log_step = std::log(first_step_size) - std::sqrt(count) / gamma * mean_error;
  const double forget = std::pow(count, -kappa);
  mean_log_step = forget * log_step + (1.0 - forget) * mean_log_step;
  return std::exp(t + 1 == warmup ? mean_log_step : log_step);
}

}  // namespace scorefield::samplers
