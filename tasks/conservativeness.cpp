#include "tasks/conservativeness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace scorefield::tasks {

deck::Schema<ConservativenessOptions> Conservativeness::schema() {
  return with_state_options(
      deck::Schema<Options>("conservativeness",
                            "Measures the curl of the score, u^T J v - v^T J u for random directions u and v, J its "
                            "Jacobian: zero where the score is the gradient of a log-density.")
          .reference("Chao et al. 2022, arXiv:2209.12753; Hutchinson 1990 for the probes")
          .example("{type: conservativeness, samples: 4, probes: 8}")
          .option("samples", &Options::samples, {.doc = "states at which to measure", .min = 1, .max = 1e6})
          .option("probes", &Options::probes, {.doc = "pairs of directions at each state", .min = 1, .max = 1e6})
          .option("step", &Options::step,
                  {.unit = "1",
                   .doc = "half width of the central differences, relative to the root mean square of the state",
                   .above = 0.0,
                   .max = 1.0})
          .option("tolerance", &Options::tolerance,
                  {.unit = "1", .doc = "curl relative to the Jacobian above which a warning is given", .above = 0.0}));
}

Conservativeness::Conservativeness(const Options& options, const model::TaskContext& context)
    : options_(options),
      landscape_(context, options),
      x_(landscape_.make_state("state")),
      shifted_(landscape_.make_state("shifted state")),
      u_(landscape_.make_field("probe u")),
      v_(landscape_.make_field("probe v")) {}

double Conservativeness::form(const grid::Field& u, const grid::Field& v, double h) {
  landscape_.alive();
  move(x_.real(), h, v, shifted_.set_real());
  const reduce::ExactSum ahead = landscape_.slope(shifted_, u);
  move(x_.real(), -h, v, shifted_.set_real());
  // The score is minus the gradient.
  return (landscape_.slope(shifted_, u) - ahead).value() / (2.0 * h);
}

void Conservativeness::step(std::int64_t i) {
  landscape_.draw(i, 0, x_);
  const double h = options_.step * landscape_.rms(x_);
  for (std::int64_t probe = 0; probe < options_.probes; ++probe) {
    landscape_.draw_direction(i, 2 * probe, u_);
    landscape_.draw_direction(i, 2 * probe + 1, v_);
    forward_.push_back(form(u_, v_, h));
    backward_.push_back(form(v_, u_, h));
  }
}

model::Findings Conservativeness::findings() {
  std::vector<double> relative;
  double curl_squares = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < forward_.size(); ++i) {
    const double curl = forward_[i] - backward_[i];
    relative.push_back(curl == 0.0 ? 0.0 : std::abs(curl / forward_[i]));
    curl_squares += curl * curl;
    squares += 0.5 * (forward_[i] * forward_[i] + backward_[i] * backward_[i]);
  }
  double mean = 0.0;
  for (const double r : relative) mean += r / static_cast<double>(relative.size());
  const double largest = *std::max_element(relative.begin(), relative.end());
  const double curl = squares > 0.0 ? std::sqrt(curl_squares / squares) : 0.0;

  model::Findings found;
  const std::vector<std::int64_t> all{options_.samples, options_.probes};
  found.numbers = {
      {"/conservativeness/forward", "u^T J v, (state, probe); J is the Jacobian of the score", all, forward_},
      {"/conservativeness/backward", "v^T J u", all, backward_},
      {"/conservativeness/relative", "|u^T J v - v^T J u| / |u^T J v|", all, relative},
      {"/conservativeness/mean", "mean of relative", {}, std::vector<double>{mean}},
      {"/conservativeness/max", "maximum of relative", {}, std::vector<double>{largest}},
      {"/conservativeness/curl",
       "estimate of ||J - J^T|| / ||J|| (Frobenius norms) over all probes: the measure to go by",
       {},
       std::vector<double>{curl}}};
  found.lines.push_back(
      fmt::format("||J - J^T|| / ||J|| = {:.3g} over {} probes; |u^T J v - v^T J u| / |u^T J v|: mean "
                  "{:.3g}, maximum {:.3g}",
                  curl, relative.size(), mean, largest));
  if (curl > options_.tolerance) {
    found.warnings.push_back(
        fmt::format("||J - J^T|| / ||J|| = {:.3g} exceeds task.tolerance {:.2g}: the score is not "
                    "the gradient of any log-density",
                    curl, options_.tolerance));
  }
  return found;
}

}  // namespace scorefield::tasks
