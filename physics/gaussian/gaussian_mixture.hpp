#pragma once
/// Mixture of Gaussian fields.

#include <optional>
#include <vector>

#include "physics/gaussian/gaussian_field.hpp"
#include "physics/gaussian/mixture_denoiser.hpp"

namespace scorefield::physics {

struct GaussianMixtureOptions {
  deck::Component spectrum;
  std::vector<double> weights;
  std::vector<double> means;
  std::vector<double> scales;
};

/// p(x) = sum_k w_k N(x; m_k 1, s_k^2 C): fields of one spectrum around different uniform levels m_k, with amplitudes
/// s_k. Along the average of the field its modes may lie any number of standard deviations apart, so it tells whether a
/// sampler finds all of them with their weights.
///
/// With Q = x^T C^-1 x and B = 1^T C^-1 x the k-th exponent is -(Q/2 - m_k B + m_k^2 1^T C^-1 1 / 2) / s_k^2 - d log
/// s_k.
class GaussianMixture final : public model::Target {
 public:
  using Options = GaussianMixtureOptions;
  static deck::Schema<Options> schema();
  /// Throws DeckError where the spectrum holds the average at zero.
  GaussianMixture(const Options& options, const model::BuildContext& context);
  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    // With three fields of the noise-level score and the variance of each component, for which two are counted.
    return {.real_fields = 3.0, .spectral_fields = 5.0, .diagonal_fields = 5.0};
  }

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return field_.degrees_of_freedom(); }
  [[nodiscard]] model::Denoiser* denoiser() override { return &*denoiser_; }
  /// An exact draw of the mixture.
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;

 private:
  /// The mode k = 0 of a field, on the rank that owns it; nullptr elsewhere.
  [[nodiscard]] base::Complex* mean_mode(const grid::SpectralField& modes) const;

  const grid::Domain* domain_;
  GaussianField field_;  // m = 0, s = 1
  std::vector<double> weights_, means_, scales_;
  double mean_precision_;  // C^-1 of the mode k = 0
  model::DualSum slope_;   // C^-1 x
  std::optional<MixtureDenoiser> denoiser_;
};

}  // namespace scorefield::physics
