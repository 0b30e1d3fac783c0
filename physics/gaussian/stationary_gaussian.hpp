#pragma once
/// The arithmetic of stationary Gaussian fields, of which targets are made.

#include <functional>
#include <memory>

#include "grid/domain.hpp"
#include "model/footprint.hpp"
#include "model/spectrum.hpp"
#include "model/target.hpp"

namespace scorefield::physics {

/// P(k) of a spectrum, k = 0 included.
[[nodiscard]] std::function<double(double)> power_of(std::shared_ptr<const model::Spectrum> spectrum);
/// P(k) of every mode (y, kx, z) of this rank.
[[nodiscard]] base::DiagonalView power_of_modes(const grid::Domain& domain, const std::function<double(double)>& power);
/// The same as variance of a cell, P / (volume of a cell): <|xhat|^2> = N v.
[[nodiscard]] base::DiagonalView variance_of_modes(const grid::Domain& domain,
                                                   const std::function<double(double)>& power);

/// A Gaussian field of zero mean and given power of each mode: E(x) = 1/2 (V / N^2) sum_k w_k |xhat|^2 / P(k). Modes
/// with P = 0 are held at zero.
class StationaryGaussian final : public model::LinearGaussian {
 public:
  /// Collective. `power` as power_of_modes gives it, in the unit of model::Spectrum.
  StationaryGaussian(const grid::Domain& domain, const base::DiagonalView& power);
  /// Arrays that it holds.
  static constexpr model::Footprint footprint() { return {.diagonal_fields = 1.0}; }

  /// As Target::evaluate.
  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) const;
  /// Modes that are not held at zero.
  [[nodiscard]] double degrees_of_freedom() const { return degrees_of_freedom_; }
  /// v(k) = 1 / lambda(k), zero on modes held at zero.
  [[nodiscard]] base::DiagonalView variance() const;
  /// x = a draw.
  void draw(const noise::Stream& stream, model::DualField& x) const;

  void add_precision(model::DualField& x, model::DualSum& out) override;
  void add_information(model::DualSum& /*out*/) override {}  // zero mean
  void add_perturbation(const noise::Stream& stream, model::DualSum& out) override;
  void add_mean_precision(const base::DiagonalView& out) const override;

 private:
  const grid::Domain* domain_;
  base::DiagonalView precision_;  // lambda(k) = (V/N) / P(k); 0 on modes held at zero
  double degrees_of_freedom_ = 0.0;
};

}  // namespace scorefield::physics
