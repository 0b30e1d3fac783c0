#pragma once
/// How far a score is from being a gradient.

#include <vector>

#include "tasks/common/landscape.hpp"

namespace scorefield::tasks {

struct ConservativenessOptions : StateOptions {
  std::int64_t samples = 4;
  std::int64_t probes = 8;
  double step = 1e-5;
  double tolerance = 1e-6;
};

/// A score s is a gradient where its Jacobian J is symmetric. For independent white u and v, E (u^T M v)^2 = ||M||_F^2:
/// so u^T J v - v^T J u measures the curl, at the cost of four scores a probe and without a matrix. J v is taken by
/// central differences, (s(x + h v) - s(x - h v)) / 2h.
class Conservativeness final : public model::Task {
 public:
  using Options = ConservativenessOptions;
  static deck::Schema<Options> schema();
  Conservativeness(const Options& options, const model::TaskContext& context);

  /// State, shifted state, two probes, and the gradient in both spaces.
  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return {.real_fields = 6.0, .spectral_fields = 4.0};
  }
  static std::int64_t values(const Options& o, const grid::Lattice& /*lattice*/) {
    return 3 * o.samples * o.probes + 3;
  }

  [[nodiscard]] std::int64_t steps() const override { return options_.samples; }
  void step(std::int64_t i) override;
  [[nodiscard]] model::Findings findings() override;

 private:
  /// Collective. u^T J v at x_, with differences of width h.
  [[nodiscard]] double form(const grid::Field& u, const grid::Field& v, double h);

  Options options_;
  Landscape landscape_;
  model::DualField x_, shifted_;
  grid::Field u_, v_;
  std::vector<double> forward_, backward_;  // (sample, probe)
};

}  // namespace scorefield::tasks
