#pragma once
/// Scalar phi^4 theory on a periodic lattice.

#include <optional>

#include "grid/halo.hpp"
#include "model/components.hpp"

namespace scorefield::physics {

struct Phi4Options {
  std::string convention = "standard";
  std::optional<double> mass_squared;
  std::optional<double> hopping;
  double coupling = 0.0;
};

/// S = sum_x [ a/2 sum_mu (phi(x + mu) - phi(x))^2 + b/2 phi^2 + c phi^4 ] in 1-D to 3-D, in lattice units. The
/// conventions of the literature are the same S with other names for a, b and c:
///
///   standard   a = 1,     b = m2,                        c = coupling
///   quarter    a = 1,     b = m2,                        c = coupling / 4      (Schaich & Loinaz 2009)
///   factorial  a = 1,     b = m2,                        c = coupling / 24     (textbook lambda/4!)
///   flow       a = 2,     b = 2 m2,                      c = coupling          (Albergo, Kanwar & Shanahan 2019)
///   hopping    a = 2 hop, b = 2 (1 - 2 coupling) - 4 d hop, c = coupling       (Montvay & Muenster 1994, up to a
///   constant)
class Phi4 final : public model::Target, public model::LocalEnergy {
 public:
  using Options = Phi4Options;
  static deck::Schema<Options> schema();
  Phi4(const Options& options, const model::BuildContext& context);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override;
  [[nodiscard]] const model::LocalEnergy* local_energy() const override { return this; }
  /// A hot start: independent cells of unit variance.
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;

  [[nodiscard]] std::int64_t diameter() const override { return 1; }
  [[nodiscard]] bool is_axis_only() const override { return true; }
  [[nodiscard]] double energy_change(const model::Patch& patch, const double* x, const double* y) const override;
  void gradient(const model::Patch& patch, const double* x, double* out) const override;

  /// Coefficients of S.
  struct Action {
    double kinetic = 1.0, quadratic = 0.0, quartic = 0.0;  ///< a, b, c
  };
  [[nodiscard]] static Action action_of(const Options& options, int dimensions);

 private:
  const grid::Domain* domain_;
  Action action_;
  grid::GhostRows ghosts_;
};

}  // namespace scorefield::physics
