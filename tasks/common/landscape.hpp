#pragma once
/// A target as tasks look at it: states drawn by seed, with energies and gradients.

#include <cstdint>
#include <string>

#include "model/components.hpp"

namespace scorefield::tasks {

/// Options of all tasks.
struct StateOptions {
  std::string states = "prior";
};

/// Adds these options to the schema of a task.
template <class Options>
deck::Schema<Options> with_state_options(deck::Schema<Options> schema) {
  schema.option("states", &Options::states,
                {.doc = "where to look: draws from the target's prior, or white noise of unit variance in each cell",
                 .choices = {"prior", "white"}});
  return schema;
}

/// Energies and gradients are those of Target: E is dimensionless, the score is -dE/dx per cell.
class Landscape {
 public:
  Landscape(const model::TaskContext& context, const StateOptions& options);

  [[nodiscard]] const grid::Domain& domain() const { return context_.domain; }
  [[nodiscard]] model::Target& target() const { return context_.target; }
  [[nodiscard]] model::DualField make_state(const std::string& label) const;
  [[nodiscard]] grid::Field make_field(const std::string& label) const;

  /// Collective. x = state `part` of item `item`: pure functions of the seed. Throws base::DeckError where draws from
  /// the prior vanish.
  void draw(std::int64_t item, std::int64_t part, model::DualField& x) const;
  /// direction = white noise of unit variance, independent of all states.
  void draw_direction(std::int64_t item, std::int64_t part, const grid::Field& direction) const;
  /// Collective. Root of the mean square over cells and components.
  [[nodiscard]] double rms(model::DualField& x) const;

  /// Collective. E(x). Throws base::NumericsError on all ranks where it is not finite.
  [[nodiscard]] reduce::ExactSum energy(model::DualField& x) const;
  /// Collective. dE/dx . direction.
  [[nodiscard]] reduce::ExactSum slope(model::DualField& x, const grid::Field& direction);
  /// Tells the watchdog that all is well.
  void alive() const { context_.alive(); }

 private:
  model::TaskContext context_;
  bool is_prior_;
  model::DualSum gradient_;
};

/// to = from + by * along, cell by cell.
void move(const grid::Field& from, double by, const grid::Field& along, const grid::Field& to);

}  // namespace scorefield::tasks
