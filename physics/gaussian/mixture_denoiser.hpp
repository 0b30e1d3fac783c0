#pragma once
/// The noise-level scores of mixtures of Gaussian fields, in closed form.

#include <deque>
#include <vector>

#include "physics/gaussian/gaussian_denoiser.hpp"

namespace scorefield::physics {

/// p_sigma(y) = sum_k w_k N(y; m_k 1, s_k^2 C + sigma^2): with r_k the share of component k in the density at y and
/// D_k = m_k + W_k (y - m_k),
///
///   D = sum_k r_k D_k,   J v = sum_k r_k [W_k v + (D_k - D) (D_k - D)^T v / sigma^2].
class MixtureDenoiser final : public model::Denoiser {
 public:
  /// Collective. `variance`: v(k) of C. Weights add up to one.
  MixtureDenoiser(const grid::Domain& domain, const base::DiagonalView& variance, std::vector<double> weights,
                  std::vector<double> means, const std::vector<double>& scales);

  void denoise(model::DualField& y, double sigma, model::DualField& out) override;
  void jacobian_product(model::DualField& y, double sigma, model::DualField& v, model::DualField& out) override;
  [[nodiscard]] bool has_energy() const override { return true; }
  [[nodiscard]] reduce::ExactSum energy(model::DualField& y, double sigma) override;
  [[nodiscard]] const base::DiagonalView& mode_variance() const override { return whole_.mode_variance(); }
  [[nodiscard]] double mean() const override { return mean_; }
  [[nodiscard]] double standard_deviation() const override { return whole_.standard_deviation(); }

 private:
  /// Shares r_k at y, and -log p_sigma(y) up to a number for each sigma.
  struct Shares {
    std::vector<double> of;
    double energy;
  };
  [[nodiscard]] Shares shares(model::DualField& y, double sigma);
  /// shifted_ = y - m_k.
  void shift(model::DualField& y, std::size_t k);
  /// out = or += weight D_k.
  void add_denoised(model::DualField& y, double sigma, std::size_t k, double weight, model::DualField& out);

  const grid::Domain* domain_;
  std::vector<double> weights_, means_;
  std::deque<GaussianDenoiser> parts_;  // of the components, around their levels
  double mean_;
  GaussianDenoiser whole_;  // the Gaussian field of the mixture's own mean and power
  model::DualField shifted_, denoised_, product_;
};

}  // namespace scorefield::physics
