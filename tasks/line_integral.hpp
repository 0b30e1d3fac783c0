#pragma once
/// Log-density differences from the score alone.

#include <optional>
#include <vector>

#include "tasks/common/landscape.hpp"

namespace scorefield::tasks {

struct LineIntegralOptions : StateOptions {
  std::int64_t pairs = 2;
  std::int64_t paths = 3;
  std::int64_t bends = 1;
  std::string rule = "gauss_legendre";
  std::int64_t nodes = 8;
  std::optional<std::int64_t> panels;
  double tolerance = 1e-8;
};

/// Points and weights of a quadrature over [0, 1].
struct Quadrature {
  std::vector<double> nodes, weights;
  /// Exact for polynomials of degree 2 n - 1.
  static Quadrature gauss_legendre(std::int64_t n);
  /// Composite, n odd; exact for polynomials of degree 3.
  static Quadrature simpson(std::int64_t n);
};

/// log p(b) - log p(a) = int_a^b s(x) . dx on every path, if and only if s is the gradient of log p.
///
/// Paths go from a to b in straight legs: the first at once, the others by way of `bends` states each; all of these are
/// draws. Each leg is x(t) = p + t (q - p), and its integral sum_i w_i s(x(t_i)) . (q - p) over panels of the leg.
class LineIntegral final : public model::Task {
 public:
  using Options = LineIntegralOptions;
  static deck::Schema<Options> schema();
  LineIntegral(const Options& options, const model::TaskContext& context);

  /// Two ends of a leg and its direction, the state on it, and the gradient in both spaces.
  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return {.real_fields = 7.0, .spectral_fields = 5.0};
  }
  static std::int64_t values(const Options& o, const grid::Lattice& /*lattice*/) {
    return o.pairs * (3 * o.paths + 1) + 1;
  }

  [[nodiscard]] std::int64_t steps() const override { return options_.pairs * options_.paths; }
  void step(std::int64_t i) override;
  [[nodiscard]] model::Findings findings() override;

 private:
  /// Collective. Adds the integral along a straight line from begin_ to end_ to that of the path.
  void add_leg();
  /// Collective. The same by so many panels; direction_ is set.
  [[nodiscard]] double leg(std::int64_t panels);

  Options options_;
  Quadrature rule_;
  Landscape landscape_;
  model::DualField begin_, end_, x_;
  grid::Field direction_;
  std::vector<double> differences_;  // of each pair: log p(b) - log p(a)
  std::vector<double> integrals_;    // (pair, path)
  std::vector<double> changes_;      // the same: by which the last doubling of panels changed the integral
};

}  // namespace scorefield::tasks
