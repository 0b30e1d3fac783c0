#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/components.hpp"
#include "reduce/shells.hpp"

namespace scorefield::physics {

struct PowerSpectrumOptions {
  double bin_width = 1.0;
};

/// Power spectrum of the state in shells of wavenumber: P = V / N^2 mean |xhat|^2 over (i - 1/2) w <= k < (i + 1/2) w,
/// i = 1, 2, ..., up to the smallest Nyquist wavenumber, with w = bin_width times the fundamental wavenumber; first
/// component.
class PowerSpectrum final : public model::Observable {
 public:
  using Options = PowerSpectrumOptions;
  static deck::Schema<Options> schema();
  PowerSpectrum(const Options& options, const model::ObservableContext& context);
  /// The shell of each mode, as a 32-bit integer.
  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return {.diagonal_fields = 0.5};
  }

  /// Number of shells.
  static std::int64_t values(const Options& options, const grid::Lattice& lattice);

  [[nodiscard]] std::string name() const override { return "power_spectrum"; }
  [[nodiscard]] std::string unit() const override { return unit_; }
  [[nodiscard]] std::int64_t size() const override { return static_cast<std::int64_t>(modes_.size()); }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  /// Mean wavenumber, number of modes and mean prior power of each shell.
  [[nodiscard]] std::vector<Bins> bins() const override;

 private:
  /// Shells::sums without that of k = 0.
  template <class Value>
  std::vector<double> shell_sums(const Value& value) const;

  const grid::Domain* domain_;
  std::string unit_;
  reduce::Shells shells_;
  std::vector<double> modes_, wavenumbers_, prior_;
};

}  // namespace scorefield::physics
