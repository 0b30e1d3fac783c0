#pragma once
/// The noise-level scores of stationary Gaussian fields, in closed form.

#include <optional>

#include "model/denoiser.hpp"

namespace scorefield::physics {

/// x with modes of variance v(k) around a mean of zero: D = W y with W = v / (v + sigma^2), s = -y / (v + sigma^2), E =
/// 1/2 sum_k |yhat|^2 / (N (v + sigma^2)). Modes with v = 0 are pure noise in y: D = 0 there.
///
/// With a Lipschitz bound L the score is what a network of that bound can do at best: slopes of at most L, s = -min(L,
/// 1 / (v + sigma^2)) y.
class GaussianDenoiser final : public model::Denoiser {
 public:
  /// Collective. `variance`: v(k) of the modes (y, kx, z) on this rank.
  GaussianDenoiser(const grid::Domain& domain, base::DiagonalView variance, std::optional<double> lipschitz = {});

  void denoise(model::DualField& y, double sigma, model::DualField& out) override;
  void jacobian_product(model::DualField& y, double sigma, model::DualField& v, model::DualField& out) override;
  [[nodiscard]] bool has_energy() const override { return true; }
  [[nodiscard]] reduce::ExactSum energy(model::DualField& y, double sigma) override;
  [[nodiscard]] bool is_gaussian() const override { return true; }
  [[nodiscard]] const base::DiagonalView& mode_variance() const override { return variance_; }
  [[nodiscard]] double standard_deviation() const override { return standard_deviation_; }

 private:
  /// min(L, 1 / (v + sigma^2)), for kernels.
  struct Slope {
    const double* variance;
    double noise_variance, bound;
    KOKKOS_INLINE_FUNCTION double operator()(std::int64_t i) const {
      const double slope = 1.0 / (variance[i] + noise_variance);
      return slope < bound ? slope : bound;
    }
  };
  [[nodiscard]] Slope slope(double sigma) const;

  const grid::Domain* domain_;
  base::DiagonalView variance_;
  double bound_;
  double standard_deviation_;
};

}  // namespace scorefield::physics
