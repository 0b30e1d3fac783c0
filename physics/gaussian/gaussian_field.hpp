#pragma once
/// Stationary Gaussian random field of given power spectrum.

#include <functional>
#include <optional>
#include <string>

#include "model/components.hpp"
#include "physics/gaussian/gaussian_denoiser.hpp"
#include "physics/gaussian/stationary_gaussian.hpp"

namespace scorefield::physics {

struct GaussianFieldOptions {
  deck::Component spectrum;
  std::string unit = "1";
  std::optional<double> lipschitz{};
};

/// E(x) = 1/2 (V / N^2) sum_k w_k |xhat|^2 / P(k), score -(V/N) xhat / P(k). Modes with P = 0 (the mean, for most
/// spectra) are held at zero.
///
/// With `lipschitz` L no slope of the score exceeds L, as in a network of that bound: modes of smaller variance than
/// 1/L blur to it.
class GaussianField final : public model::Target {
 public:
  using Options = GaussianFieldOptions;
  static deck::Schema<Options> schema();
  GaussianField(const Options& options, const model::BuildContext& context);
  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return StationaryGaussian::footprint() + model::Footprint{.diagonal_fields = 1.0};
  }

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override {
    return gaussian_.evaluate(x, gradient);
  }
  [[nodiscard]] double degrees_of_freedom() const override { return gaussian_.degrees_of_freedom(); }
  [[nodiscard]] std::string unit() const override { return unit_; }
  [[nodiscard]] model::LinearGaussian* linear_gaussian() override { return &gaussian_; }
  [[nodiscard]] model::Denoiser* denoiser() override { return &denoiser_; }
  [[nodiscard]] std::function<double(double)> prior_power() const override { return power_; }
  void draw_prior(const noise::Stream& stream, model::DualField& x) override { gaussian_.draw(stream, x); }

 private:
  std::string unit_;
  std::function<double(double)> power_;
  StationaryGaussian gaussian_;
  GaussianDenoiser denoiser_;
};

}  // namespace scorefield::physics
