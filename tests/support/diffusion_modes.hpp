#pragma once
/// What the tests of samplers from noise share: their decks, and the modes of a field as the formulas say they go.

#include <fmt/format.h>

#include <algorithm>
#include <complex>
#include <functional>
#include <string>
#include <vector>

#include "noise/normals.hpp"
#include "reduce/rows.hpp"
#include "reduce/shells.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield::test {

constexpr std::uint64_t diffusion_seed = 23;

inline std::string diffusion_deck(const std::string& sampler, std::int64_t thin, const std::string& shape = "[8, 6]",
                                  const std::string& target =
                                      "{type: gaussian_field, spectrum: {type: matern, variance: 1.7, "
                                      "correlation_length: 2.0}}") {
  return fmt::format("run: {{seed: {}, thin: {}}}\ndomain: {{shape: {}, spacing: 0.5}}\ntarget: {}\nsampler: {}\n",
                     diffusion_seed, thin, shape, target, sampler);
}

/// All modes of a field as the formulas say they go, with the noise of the library by purpose and counter.
class Modes {
 public:
  explicit Modes(Sampling& s) : s_(&s), sites_(static_cast<double>(s.domain->lattice().sites())) {
    const std::function<double(double)> power = s.target->prior_power();
    for (const double k : reduce::wavenumbers(*s.domain)) {
      v.push_back(power(k) / s.domain->lattice().cell_volume());
    }
    x.resize(v.size());
    double total = 0.0;
    const grid::Box& box = s.domain->spectral_box();
    for (std::size_t i = 0; i < v.size(); ++i) total += weight(i, box) * v[i];
    sd = std::sqrt(total / sites_);
  }

  /// x = a(v) x + b z
  void move(const std::function<double(double)>& a, double b, noise::Purpose purpose, std::int64_t step) {
    const std::vector<std::complex<double>> z = white(purpose, step);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = a(v[i]) * x[i] + b * std::sqrt(sites_) * z[i];
  }
  void scale(const std::function<double(double)>& a) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= a(v[i]);
  }
  void start(double sigma, std::int64_t step) {
    const std::vector<std::complex<double>> z = white(noise::Purpose::start, step);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sqrt(sites_ * (v[i] + sigma * sigma)) * z[i];
  }
  /// sum over cells of the square of the field whose modes are a(v) x.
  [[nodiscard]] double square(const std::function<double(double)>& a) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += weight(i, s_->domain->spectral_box()) * std::norm(a(v[i]) * x[i]) / sites_;
    }
    return sum;
  }
  /// Largest difference from the chain's modes, relative to the largest mode.
  [[nodiscard]] double distance(model::Chain& chain) const {
    const base::Complex* found = chain.x.fourier().data();
    double most = 0.0;
    double size = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      most = std::max(most, std::abs(x[i] - std::complex<double>(found[i].real(), found[i].imag())));
      size = std::max(size, std::abs(x[i]));
    }
    return most / size;
  }
  [[nodiscard]] double weight(std::size_t i, const grid::Box& box) const {
    const std::int64_t row = static_cast<std::int64_t>(i) / s_->domain->lattice().n()[0];
    return reduce::mode_weight(grid::spectral_row(box, row).kx, s_->domain->lattice().n()[2]);
  }

  std::vector<double> v;
  std::vector<std::complex<double>> x;
  double sd;

 private:
  [[nodiscard]] std::vector<std::complex<double>> white(noise::Purpose purpose, std::int64_t step) const {
    const grid::SpectralField z(*s_->domain, "z");
    noise::fill_white(
        *s_->domain, {.seed = diffusion_seed, .purpose = purpose, .chain = 3, .step = static_cast<std::uint64_t>(step)},
        z);
    std::vector<std::complex<double>> values;
    for (std::int64_t i = 0; i < z.size(); ++i) values.emplace_back(z.data()[i].real(), z.data()[i].imag());
    return values;
  }

  Sampling* s_;
  double sites_;
};

}  // namespace scorefield::test
