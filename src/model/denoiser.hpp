#pragma once
/// The score at every noise level.

#include <limits>
#include <optional>
#include <stdexcept>

#include "model/dual_field.hpp"
#include "reduce/exact_sum.hpp"

namespace scorefield::model {

/// Capability: what is known of a field x through white noise. With y = x + sigma z, z white of unit variance in every
/// cell and x drawn from p, the density of y is p_sigma = p * N(0, sigma^2), and
///
///   D(y; sigma) = E[x | y],   s(y; sigma) = grad log p_sigma(y) = (D - y) / sigma^2,   Cov[x | y] = sigma^2 dD/dy
///
/// (Tweedie; Robbins 1956, Efron 2011). Noise levels sigma have the unit of the field. Everything here is collective
/// unless it says otherwise; arguments keep their values and differ from each other.
class Denoiser {
 public:
  Denoiser() = default;
  virtual ~Denoiser() = default;
  Denoiser(const Denoiser&) = delete;
  Denoiser& operator=(const Denoiser&) = delete;

  /// out = D(y; sigma), sigma > 0.
  virtual void denoise(DualField& y, double sigma, DualField& out) = 0;
  /// out = J v with J = dD/dy at y.
  virtual void jacobian_product(DualField& y, double sigma, DualField& v, DualField& out) = 0;
  /// out = J^T v. The Jacobian of a true denoiser is symmetric.
  virtual void transposed_jacobian_product(DualField& y, double sigma, DualField& v, DualField& out) {
    jacobian_product(y, sigma, v, out);
  }
  /// True where the score is the gradient of a function that energy() gives.
  [[nodiscard]] virtual bool has_energy() const { return false; }
  /// E(y; sigma) = -log p_sigma(y) up to a number that depends on sigma alone. Throws std::logic_error where there is
  /// none.
  [[nodiscard]] virtual reduce::ExactSum energy(DualField& /*y*/, double /*sigma*/) {
    throw std::logic_error("this denoiser has no energy");
  }
  /// True where p_sigma is Gaussian, so that D is linear and all is known in closed form.
  [[nodiscard]] virtual bool is_gaussian() const { return false; }

  /// Not collective. Variance v(k) = P(k) / (volume of a cell) of the modes of x, (y, kx, z) on this rank: <|xhat|^2> =
  /// N v. That of the Gaussian field that stands in for x at high noise, with the denoiser W = v / (v + sigma^2).
  [[nodiscard]] virtual const base::DiagonalView& mode_variance() const = 0;
  /// Not collective. Uniform level that x fluctuates around.
  [[nodiscard]] virtual double mean() const { return 0.0; }
  /// Not collective. Root mean square of x - mean() in a cell.
  [[nodiscard]] virtual double standard_deviation() const = 0;

  /// Noise levels that it is good for.
  struct NoiseRange {
    double min = 0.0;
    double max = std::numeric_limits<double>::infinity();
  };
  [[nodiscard]] virtual NoiseRange noise_range() const { return {}; }
};

}  // namespace scorefield::model
