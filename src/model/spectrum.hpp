#pragma once

namespace scorefield::model {

/// Isotropic power spectrum of a Gaussian field: <x(k) x*(k')> = (2 pi)^d delta(k - k') P(k), on the grid
/// P = V / N^2 <|xhat|^2>. Unit: field unit squared times (unit of 1/k)^d.
class Spectrum {
 public:
  virtual ~Spectrum() = default;
  Spectrum() = default;
  Spectrum(const Spectrum&) = delete;
  Spectrum& operator=(const Spectrum&) = delete;
  /// k > 0 in the lattice's unit of wavenumbers.
  [[nodiscard]] virtual double power(double k) const = 0;
  /// P at k = 0; 0 holds the mean of the field at zero.
  [[nodiscard]] virtual double power_of_mean() const { return 0.0; }
  /// The same for any k >= 0.
  [[nodiscard]] double at(double k) const { return k > 0.0 ? power(k) : power_of_mean(); }
};

}  // namespace scorefield::model
