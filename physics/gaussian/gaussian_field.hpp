#pragma once
/// Stationary Gaussian random field of given power spectrum.

#include <functional>
#include <string>

#include "model/components.hpp"
#include "physics/gaussian/stationary_gaussian.hpp"

namespace scorefield::physics {

struct GaussianFieldOptions {
  deck::Component spectrum;
  std::string unit = "1";
};

/// E(x) = 1/2 (V / N^2) sum_k w_k |xhat|^2 / P(k), score -(V/N) xhat / P(k). Modes with P = 0 (the mean, for most
/// spectra) are held at zero.
class GaussianField final : public model::Target {
 public:
  using Options = GaussianFieldOptions;
  static deck::Schema<Options> schema();
  GaussianField(const Options& options, const model::BuildContext& context);
  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return StationaryGaussian::footprint();
  }

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override {
    return gaussian_.evaluate(x, gradient);
  }
  [[nodiscard]] double degrees_of_freedom() const override { return gaussian_.degrees_of_freedom(); }
  [[nodiscard]] std::string unit() const override { return unit_; }
  [[nodiscard]] model::LinearGaussian* linear_gaussian() override { return &gaussian_; }
  [[nodiscard]] std::function<double(double)> prior_power() const override { return power_; }
  void draw_prior(const noise::Stream& stream, model::DualField& x) override { gaussian_.draw(stream, x); }

 private:
  std::string unit_;
  std::function<double(double)> power_;
  StationaryGaussian gaussian_;
};

}  // namespace scorefield::physics
