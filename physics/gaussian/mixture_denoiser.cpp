#include "physics/gaussian/mixture_denoiser.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "reduce/rows.hpp"

namespace scorefield::physics {

namespace {

/// The mode k = 0 of a field where this rank has it.
base::Complex* mean_mode(const grid::SpectralField& modes) {
  const grid::Box& box = modes.box();
  return !box.empty() && box.lo[1] == 0 && box.lo[2] == 0 ? modes.data() : nullptr;
}

base::DiagonalView scaled(const base::DiagonalView& variance, double factor) {
  base::DiagonalView out("variance", variance.extent(0), variance.extent(1), variance.extent(2));
  for (std::size_t i = 0; i < variance.span(); ++i) out.data()[i] = factor * variance.data()[i];
  return out;
}

/// Of the whole mixture: sum_k w_k s_k^2 v, and what the levels vary in the mode k = 0.
base::DiagonalView variance_of_all(const grid::Domain& domain, const base::DiagonalView& variance,
                                   const std::vector<double>& weights, const std::vector<double>& means,
                                   const std::vector<double>& scales, double mean) {
  double factor = 0.0;
  double of_levels = 0.0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    factor += weights[k] * scales[k] * scales[k];
    of_levels += weights[k] * (means[k] - mean) * (means[k] - mean);
  }
  base::DiagonalView out = scaled(variance, factor);
  const grid::Box& box = domain.spectral_box();
  if (!box.empty() && box.lo[1] == 0 && box.lo[2] == 0) {
    out.data()[0] += static_cast<double>(domain.lattice().sites()) * of_levels;
  }
  return out;
}

/// sum over all modes of log(v + sigma^2).
double log_determinant(const grid::Domain& domain, const base::DiagonalView& variance, double sigma) {
  const grid::Box box = domain.spectral_box();
  const std::int64_t n = domain.lattice().n()[0];
  reduce::ExactSum sum;
  for (std::int64_t row = 0; row < box.extent(1) * box.extent(2); ++row) {
    const double weight = reduce::mode_weight(grid::spectral_row(box, row).kx, domain.lattice().n()[2]);
    const double* v = variance.data() + row * n;
    sum.add(weight * reduce::row_sum(n, [=](std::int64_t i) { return std::log(v[i] + sigma * sigma); }));
  }
  sum.all_reduce(domain.comm());
  return sum.value();
}

/// out = factor x, or out += factor x.
void add(double factor, model::DualField& x, model::DualField& out, bool is_fresh) {
  const grid::SpectralField& modes = x.fourier();
  const auto* from = reinterpret_cast<const double*>(modes.data());
  double* to = is_fresh ? out.set_values(model::Space::fourier) : out.change(model::Space::fourier);
  Kokkos::parallel_for(
      "add", base::RowPolicy(0, 2 * modes.size()),
      KOKKOS_LAMBDA(const std::int64_t i) { to[i] = (is_fresh ? 0.0 : to[i]) + factor * from[i]; });
}

}  // namespace

MixtureDenoiser::MixtureDenoiser(const grid::Domain& domain, const base::DiagonalView& variance,
                                 std::vector<double> weights, std::vector<double> means,
                                 const std::vector<double>& scales)
    : domain_(&domain),
      weights_(std::move(weights)),
      means_(std::move(means)),
      mean_(std::inner_product(weights_.begin(), weights_.end(), means_.begin(), 0.0)),
      whole_(domain, variance_of_all(domain, variance, weights_, means_, scales, mean_)),
      shifted_(domain, "shifted"),
      denoised_(domain, "denoised by a component"),
      product_(domain, "product with a component's Jacobian") {
  for (const double s : scales) parts_.emplace_back(domain, scaled(variance, s * s));
}

void MixtureDenoiser::shift(model::DualField& y, std::size_t k) {
  shifted_.copy_from(y, model::Space::fourier);
  if (base::Complex* mode = mean_mode(shifted_.fourier())) {
    *mode -= means_[k] * static_cast<double>(domain_->lattice().sites());
  }
}

MixtureDenoiser::Shares MixtureDenoiser::shares(model::DualField& y, double sigma) {
  std::vector<double> logs;
  for (std::size_t k = 0; k < weights_.size(); ++k) {
    shift(y, k);
    logs.push_back(std::log(weights_[k]) - parts_[k].energy(shifted_, sigma).value() -
                   0.5 * log_determinant(*domain_, parts_[k].mode_variance(), sigma));
  }
  const double largest = *std::max_element(logs.begin(), logs.end());
  double sum = 0.0;
  for (double& l : logs) sum += l = std::exp(l - largest);
  for (double& l : logs) l /= sum;
  return {logs, -largest - std::log(sum)};
}

reduce::ExactSum MixtureDenoiser::energy(model::DualField& y, double sigma) {
  return reduce::ExactSum(shares(y, sigma).energy);
}

void MixtureDenoiser::add_denoised(model::DualField& y, double sigma, std::size_t k, double weight,
                                   model::DualField& out) {
  shift(y, k);
  parts_[k].denoise(shifted_, sigma, denoised_);
  add(weight, denoised_, out, k == 0);
  if (base::Complex* mode = mean_mode(out.fourier())) {
    *mode += weight * means_[k] * static_cast<double>(domain_->lattice().sites());
  }
}

void MixtureDenoiser::denoise(model::DualField& y, double sigma, model::DualField& out) {
  const Shares share = shares(y, sigma);
  for (std::size_t k = 0; k < weights_.size(); ++k) add_denoised(y, sigma, k, share.of[k], out);
}

void MixtureDenoiser::jacobian_product(model::DualField& y, double sigma, model::DualField& v, model::DualField& out) {
  const Shares share = shares(y, sigma);
  const std::size_t count = weights_.size();
  // sum_k r_k (D_k - D) (D_k - D)^T v = sum_k r_k D_k [D_k^T v - D^T v]: the means cancel where all are subtracted.
  std::vector<double> overlaps;
  double mean_overlap = 0.0;
  for (std::size_t k = 0; k < count; ++k) {
    model::DualField& of_part = product_;
    shift(y, k);
    parts_[k].denoise(shifted_, sigma, of_part);
    if (base::Complex* mode = mean_mode(of_part.fourier())) {
      *mode += means_[k] * static_cast<double>(domain_->lattice().sites());
    }
    overlaps.push_back(reduce::dot(*domain_, of_part.fourier(), v.fourier()).value());
    mean_overlap += share.of[k] * overlaps.back();
  }
  for (std::size_t k = 0; k < count; ++k) {
    add_denoised(y, sigma, k, share.of[k] * (overlaps[k] - mean_overlap) / (sigma * sigma), out);
  }
  for (std::size_t k = 0; k < count; ++k) {
    parts_[k].jacobian_product(y, sigma, v, product_);
    add(share.of[k], product_, out, false);
  }
}

}  // namespace scorefield::physics
