#pragma once
/// Stationary Gaussian random field of given power spectrum.

#include <memory>

#include "model/components.hpp"

namespace scorefield::physics {

struct GaussianFieldOptions {
  deck::Component spectrum;
  std::string unit = "1";
};

/// E(x) = 1/2 (V / N^2) sum_k w_k |xhat|^2 / P(k), score -(V/N) xhat / P(k). Modes with P = 0 (the mean, for most
/// spectra) are held at zero.
class GaussianField final : public model::Target, public model::LinearGaussian {
 public:
  using Options = GaussianFieldOptions;
  static deck::Schema<Options> schema();
  GaussianField(const Options& options, const model::BuildContext& context);
  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return {.diagonal_fields = 1.0};
  }

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return degrees_of_freedom_; }
  [[nodiscard]] std::string unit() const override { return unit_; }
  [[nodiscard]] model::LinearGaussian* linear_gaussian() override { return this; }
  [[nodiscard]] std::function<double(double)> prior_power() const override;
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;

  void add_precision(model::DualField& x, model::DualSum& out) override;
  void add_information(model::DualSum& /*out*/) override {}  // zero mean
  void add_perturbation(const noise::Stream& stream, model::DualSum& out) override;
  void add_mean_precision(const base::DiagonalView& out) const override;

 private:
  const grid::Domain* domain_;
  std::string unit_;
  std::shared_ptr<const model::Spectrum> spectrum_;
  base::DiagonalView precision_;  // lambda(k) = (V/N) / P(k); 0 on modes held at zero
  double degrees_of_freedom_ = 0.0;
};

}  // namespace scorefield::physics
