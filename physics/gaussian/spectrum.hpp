#pragma once
/// Isotropic power spectra P(k) of Gaussian fields.

#include <string>
#include <vector>

#include "model/components.hpp"

namespace scorefield::physics {

struct PowerLawOptions {
  double amplitude = 1.0;
  double slope = -2.0;
  double pivot = 1.0;
};

/// P(k) = A (k / k0)^n; the mean of the field is held at zero.
class PowerLaw final : public model::Spectrum {
 public:
  using Options = PowerLawOptions;
  static deck::Schema<Options> schema();
  PowerLaw(const Options& options, const model::BuildContext& context);
  [[nodiscard]] double power(double k) const override;

 private:
  Options options_;
};

struct TableOptions {
  deck::FilePath file;
};

/// P(k) from a text file of two columns k, P: power laws between the points and, with the slope of the outermost two
/// points, beyond them. The mean of the field is held at zero.
class Table final : public model::Spectrum {
 public:
  using Options = TableOptions;
  static deck::Schema<Options> schema();
  Table(const Options& options, const model::BuildContext& context);
  [[nodiscard]] double power(double k) const override;

 private:
  std::vector<double> log_k_;
  std::vector<double> log_p_;
};

struct MaternOptions {
  double variance = 1.0;
  double correlation_length = 1.0;
  double smoothness = 1.0;
};

/// Spectrum of the Matern covariance (Rasmussen & Williams 2006, eq. 4.15):
/// P(k) = s^2 2^d pi^(d/2) Gamma(nu + d/2) (2 nu)^nu / (Gamma(nu) l^(2 nu)) (2 nu / l^2 + k^2)^-(nu + d/2).
class Matern final : public model::Spectrum {
 public:
  using Options = MaternOptions;
  static deck::Schema<Options> schema();
  Matern(const Options& options, const model::BuildContext& context);
  [[nodiscard]] double power(double k) const override;
  [[nodiscard]] double power_of_mean() const override { return power(0.0); }

 private:
  double amplitude_;
  double inverse_length_squared_;
  double exponent_;
};

}  // namespace scorefield::physics
