#include "tasks/modes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace scorefield::tasks {

deck::Schema<ModesOptions> Modes::schema() {
  return with_state_options(
      deck::Schema<Options>("modes",
                            "Climbs the score from many states to the maxima of the density, and tells each with its "
                            "energy, the norm of its gradient, and how many starts ended there.")
          .reference("L-BFGS: Liu & Nocedal 1989; step lengths: Lewis & Overton 2013")
          .example("{type: modes, starts: 16}")
          .option("starts", &Options::starts, {.doc = "states to start from", .min = 1, .max = 1e6})
          .option("distance", &Options::distance,
                  {.unit = "1",
                   .doc = "end points closer than this are one mode: root mean square difference of cells, relative to "
                          "the root mean square of the first start",
                   .above = 0.0})
          .option("tolerance", &Options::tolerance,
                  {.unit = "1",
                   .doc = "a start has arrived when the norm of its gradient is this share of what it was",
                   .above = 0.0,
                   .below = 1.0})
          .option("max_iterations", &Options::max_iterations,
                  {.doc = "after so many steps a start counts as lost", .min = 1})
          .option("largest_move", &Options::largest_move,
                  {.unit = "1",
                   .doc = "longest step, relative to the root mean square of the first start: long ones may leap from "
                          "one basin into another",
                   .above = 0.0})
          .option(
              "history", &Options::history,
              {.doc = "steps that model the curvature (of L-BFGS); memory for two fields each", .min = 1, .max = 100}));
}

Modes::Modes(const Options& options, const model::TaskContext& context)
    : options_(options),
      landscape_(context, options),
      descent_(context.domain, context.target,
               {.tolerance = options.tolerance, .max_iterations = options.max_iterations, .history = options.history}),
      x_(landscape_.make_state("start")) {}

Modes::Mode& Modes::mode_at(model::DualField& x) {
  const auto found = std::find_if(modes_.begin(), modes_.end(), [&](Mode& mode) {
    return descent_.distance(x, mode.x) < options_.distance * scale_;
  });
  if (found != modes_.end()) return *found;
  Mode& mode = modes_.emplace_back();
  mode.x = landscape_.make_state("mode");
  mode.x.copy_from(x, descent_.space());
  return mode;
}

void Modes::step(std::int64_t i) {
  landscape_.draw(i, 0, x_);
  if (i == 0) {
    const auto cells = landscape_.domain().lattice().sites() * landscape_.target().components();
    scale_ = landscape_.rms(x_) * std::sqrt(static_cast<double>(cells));
  }
  const Descent::Result end = descent_.follow(x_, options_.largest_move * scale_, [this] { landscape_.alive(); });
  iterations_.push_back(end.iterations);
  energies_.push_back(end.energy.value());
  if (!end.is_converged) return;
  Mode& mode = mode_at(x_);
  // The first that came stands for all: others differ from it by rounding.
  if (mode.starts.empty()) {
    mode.energy = end.energy.value();
    mode.gradient_norm = end.gradient_norm;
  }
  mode.starts.push_back(i);
}

model::Findings Modes::findings() {
  std::stable_sort(modes_.begin(), modes_.end(), [](const Mode& a, const Mode& b) { return a.energy < b.energy; });
  const auto count = std::ssize(modes_);
  std::vector<double> energies;
  std::vector<double> norms;
  std::vector<std::int64_t> basins;
  std::vector<std::int64_t> mode_of_start(iterations_.size(), -1);
  model::Findings found;
  found.fields = {{"/modes/x", "the modes, by energy: the field that users see", {}, landscape_.target().unit()}};
  std::int64_t arrived = 0;
  for (Mode& mode : modes_) {
    for (const std::int64_t start : mode.starts) {
      mode_of_start[static_cast<std::size_t>(start)] = std::ssize(energies);
    }
    energies.push_back(mode.energy);
    norms.push_back(mode.gradient_norm);
    basins.push_back(std::ssize(mode.starts));
    arrived += basins.back();
    grid::Field field = landscape_.make_field("mode");
    landscape_.target().physical(mode.x, x_);
    field.copy_from(x_.real());
    found.fields.front().fields.push_back(field);
    found.lines.push_back(fmt::format("mode {}: energy {:.10g}, gradient norm {:.2g}, reached from {} of {} starts",
                                      energies.size() - 1, mode.energy, mode.gradient_norm, basins.back(),
                                      options_.starts));
  }
  found.numbers = {
      {"/modes/energy", "energy of each mode", {count}, energies},
      {"/modes/gradient_norm",
       "(g^T M g)^(1/2) of its gradient g = dE/dx, M the preconditioner (1 without)",
       {count},
       norms},
      {"/modes/basin", "starts that ended in it", {count}, basins},
      {"/starts/mode", "mode in which each start ended; -1 where it did not arrive", {options_.starts}, mode_of_start},
      {"/starts/energy", "energy at its end", {options_.starts}, energies_},
      {"/starts/iterations", "steps it took", {options_.starts}, iterations_}};
  if (arrived < options_.starts) {
    found.warnings.push_back(fmt::format(
        "{} of {} starts did not arrive within task.tolerance {:.2g}: raise task.max_iterations ({}) or task.tolerance",
        options_.starts - arrived, options_.starts, options_.tolerance, options_.max_iterations));
  }
  return found;
}

}  // namespace scorefield::tasks
