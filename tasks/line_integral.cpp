#include "tasks/line_integral.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace scorefield::tasks {

namespace {
/// Of a leg: ridges and walls narrower than a two-thousandth of it (with 8 nodes) are beyond this task.
constexpr std::int64_t most_panels = 256;

/// What errors are relative to: a log-density difference, unless there is none.
double unit_of(double difference) { return difference == 0.0 ? 1.0 : std::abs(difference); }
}  // namespace

Quadrature Quadrature::gauss_legendre(std::int64_t n) {
  Quadrature rule;
  for (std::int64_t i = 0; i < n; ++i) {
    // Newton's method on the Legendre polynomial, from Tricomi's estimate of its root; by its recurrence.
    double x = -std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (static_cast<double>(n) + 0.5));
    double slope = 0.0;
    for (int iteration = 0; iteration < 10; ++iteration) {
      double before = 1.0;
      double p = x;
      for (std::int64_t k = 2; k <= n; ++k) {
        const auto degree = static_cast<double>(k);
        const double next = ((2.0 * degree - 1.0) * x * p - (degree - 1.0) * before) / degree;
        before = p;
        p = next;
      }
      slope = static_cast<double>(n) * (x * p - before) / (x * x - 1.0);
      x -= p / slope;
    }
    rule.nodes.push_back(0.5 * (1.0 + x));
    rule.weights.push_back(1.0 / ((1.0 - x * x) * slope * slope));
  }
  return rule;
}

Quadrature Quadrature::simpson(std::int64_t n) {
  Quadrature rule;
  const auto intervals = static_cast<double>(n - 1);
  for (std::int64_t i = 0; i < n; ++i) {
    const double times = i == 0 || i == n - 1 ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
    rule.nodes.push_back(static_cast<double>(i) / intervals);
    rule.weights.push_back(times / (3.0 * intervals));
  }
  return rule;
}

deck::Schema<LineIntegralOptions> LineIntegral::schema() {
  return with_state_options(
      deck::Schema<Options>("line_integral",
                            "Integrates the score along paths between pairs of states and compares with the difference "
                            "of log-density: equal on every path if and only if the score is its gradient.")
          .reference("gradient theorem; quadrature as in Press et al. 2007, sec. 4.6")
          .example("{type: line_integral, paths: 3, nodes: 8}")
          .option("pairs", &Options::pairs, {.doc = "pairs of states", .min = 1, .max = 1e6})
          .option("paths", &Options::paths, {.doc = "paths for each pair; the first is straight", .min = 2, .max = 1e6})
          .option("bends", &Options::bends, {.doc = "states by way of which the other paths go", .min = 1, .max = 1e6})
          .option("rule", &Options::rule,
                  {.doc = "quadrature on each panel of a path", .choices = {"gauss_legendre", "simpson"}})
          .option(
              "nodes", &Options::nodes,
              {.doc = "points at which the score is evaluated on each panel; gauss_legendre is exact for scores that "
                      "are polynomials of degree 2 nodes - 1, simpson up to degree 3",
               .min = 1,
               .max = 1000})
          .option("panels", &Options::panels,
                  {.doc = "equal parts of a leg, each with its own nodes",
                   .min = 1,
                   .max = 1e6,
                   .auto_doc = "doubled until the integral changes by less than a tenth of the tolerance, up to 256"})
          .option("tolerance", &Options::tolerance,
                  {.unit = "1", .doc = "relative error of a path above which a warning is given", .above = 0.0})
          .check([](const Options& o, const auto& report) {
            if (o.rule == "simpson" && (o.nodes < 3 || o.nodes % 2 == 0)) {
              report("nodes", "simpson needs an odd number of nodes, at least 3");
            }
          }));
}

LineIntegral::LineIntegral(const Options& options, const model::TaskContext& context)
    : options_(options),
      rule_(options.rule == "simpson" ? Quadrature::simpson(options.nodes) : Quadrature::gauss_legendre(options.nodes)),
      landscape_(context, options),
      begin_(landscape_.make_state("begin of a leg")),
      end_(landscape_.make_state("end of a leg")),
      x_(landscape_.make_state("on a leg")),
      direction_(landscape_.make_field("direction of a leg")) {}

double LineIntegral::leg(std::int64_t panels) {
  const auto width = 1.0 / static_cast<double>(panels);
  double sum = 0.0;
  for (std::int64_t panel = 0; panel < panels; ++panel) {
    for (std::size_t i = 0; i < rule_.nodes.size(); ++i) {
      landscape_.alive();
      move(begin_.real(), width * (static_cast<double>(panel) + rule_.nodes[i]), direction_, x_.set_real());
      sum -= width * rule_.weights[i] * landscape_.slope(x_, direction_).value();
    }
  }
  return sum;
}

void LineIntegral::add_leg() {
  move(end_.real(), -1.0, begin_.real(), direction_);
  double integral = leg(options_.panels.value_or(1));
  double change = options_.panels ? std::numeric_limits<double>::quiet_NaN() : 0.0;
  if (!options_.panels) {
    const double enough = 0.1 * options_.tolerance * unit_of(differences_.back());
    std::int64_t panels = 1;
    do {
      panels *= 2;
      const double finer = leg(panels);
      change = std::abs(finer - integral);
      integral = finer;
    } while (change > enough && panels < most_panels);
  }
  integrals_.back() += integral;
  changes_.back() += change;
}

void LineIntegral::step(std::int64_t i) {
  const std::int64_t pair = i / options_.paths;
  const std::int64_t path = i % options_.paths;
  // Parts of a pair: both ends, then the bends of one path after the other.
  constexpr std::int64_t first = 0;
  constexpr std::int64_t last = 1;
  constexpr std::int64_t bends = 2;
  landscape_.draw(pair, first, begin_);
  if (path == 0) {
    landscape_.draw(pair, last, end_);
    const reduce::ExactSum before = landscape_.energy(begin_);
    differences_.push_back((before - landscape_.energy(end_)).value());
  }
  integrals_.push_back(0.0);
  changes_.push_back(0.0);
  for (std::int64_t bend = 0; path > 0 && bend < options_.bends; ++bend) {
    landscape_.draw(pair, bends + (path - 1) * options_.bends + bend, end_);
    add_leg();
    std::swap(begin_, end_);
  }
  landscape_.draw(pair, last, end_);
  add_leg();
}

model::Findings LineIntegral::findings() {
  const auto paths = static_cast<std::size_t>(options_.paths);
  std::vector<double> errors;
  std::vector<double> changes;
  for (std::size_t i = 0; i < integrals_.size(); ++i) {
    const double unit = unit_of(differences_[i / paths]);
    errors.push_back(std::abs(integrals_[i] - differences_[i / paths]) / unit);
    changes.push_back(changes_[i] / unit);
  }
  const double largest = *std::max_element(errors.begin(), errors.end());
  model::Findings found;
  const std::vector<std::int64_t> all{options_.pairs, options_.paths};
  found.numbers = {
      {"/line_integral/log_density_difference",
       "log p(b) - log p(a) of each pair by the energy",
       {options_.pairs},
       differences_},
      {"/line_integral/integral", "the same by the score, (pair, path); path 0 is straight", all, integrals_},
      {"/line_integral/relative_error", "|integral - log_density_difference| / |log_density_difference|", all, errors},
      {"/line_integral/quadrature_error", "what the last doubling of panels changed, relative to the same; NaN without",
       all, changes},
      {"/line_integral/largest_error", "the largest of relative_error", {}, std::vector<double>{largest}}};
  for (std::size_t pair = 0; pair < differences_.size(); ++pair) {
    const auto begin = errors.begin() + static_cast<std::ptrdiff_t>(pair * paths);
    found.lines.push_back(
        fmt::format("pair {}: log p(b) - log p(a) = {:.10g}; by {} paths with a relative error of at most "
                    "{:.2g}",
                    pair, differences_[pair], paths, *std::max_element(begin, begin + options_.paths)));
  }
  if (largest > options_.tolerance) {
    const double change = *std::max_element(changes.begin(), changes.end());
    const bool is_resolved = change <= options_.tolerance;
    found.warnings.push_back(
        fmt::format("the largest relative error {:.2g} exceeds task.tolerance {:.2g}: {}", largest, options_.tolerance,
                    is_resolved ? "the score is not the gradient of the log-density"
                                : "the score is not the gradient of the log-density, or the paths are not "
                                  "resolved (more task.nodes or task.panels tell)"));
  }
  return found;
}

}  // namespace scorefield::tasks
