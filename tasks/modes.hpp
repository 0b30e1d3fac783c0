#pragma once
/// The modes of a distribution.

#include <optional>
#include <vector>

#include "tasks/common/descent.hpp"
#include "tasks/common/landscape.hpp"

namespace scorefield::tasks {

struct ModesOptions : StateOptions {
  std::int64_t starts = 16;
  double distance = 1e-3;
  double tolerance = 1e-8;
  std::int64_t max_iterations = 10000;
  double largest_move = 0.2;
  std::int64_t history = 10;
};

/// Climbs the score from many states to maxima of the density (minima of the energy). End points close to each other
/// are one mode; images of each other under a symmetry are different ones. With steps no longer than `largest_move` the
/// number of starts that end in a mode, over all, estimates the share of the starting law in its basin.
class Modes final : public model::Task {
 public:
  using Options = ModesOptions;
  static deck::Schema<Options> schema();
  Modes(const Options& options, const model::TaskContext& context);

  /// At most every start ends in a mode of its own.
  static model::Footprint footprint(const Options& o, const model::Components& /*components*/) {
    return Descent::footprint(o.history) + model::Footprint{.real_fields = 2.0 * static_cast<double>(o.starts) + 2.0,
                                                            .spectral_fields = static_cast<double>(o.starts) + 2.0};
  }
  static std::int64_t values(const Options& o, const grid::Lattice& lattice) {
    return o.starts * (lattice.sites() + 6) + 1;
  }

  [[nodiscard]] std::int64_t steps() const override { return options_.starts; }
  void step(std::int64_t i) override;
  [[nodiscard]] model::Findings findings() override;

 private:
  struct Mode {
    model::DualField x;
    double energy = 0.0;
    double gradient_norm = 0.0;
    std::vector<std::int64_t> starts;  // that ended here
  };
  /// Collective. The mode that x belongs to; a new one where there is none.
  Mode& mode_at(model::DualField& x);

  Options options_;
  Landscape landscape_;
  Descent descent_;
  model::DualField x_;
  double scale_ = 0.0;  // norm of the first start
  std::vector<Mode> modes_;
  std::vector<std::int64_t> iterations_;  // of each start
  std::vector<double> energies_;          // at its end
};

}  // namespace scorefield::tasks
