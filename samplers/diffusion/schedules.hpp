#pragma once
/// Noise levels for samplers that walk from noise to data.

#include <optional>

#include "model/components.hpp"

namespace scorefield::samplers {

/// Highest and lowest level; not given: those that the denoiser is good for, else 80 and 0.002 standard deviations of
/// the field.
struct NoiseLimits {
  std::optional<double> sigma_max;
  std::optional<double> sigma_min;
};

struct GeometricOptions : NoiseLimits {};

/// Equal ratios: sigma(t) = sigma_max (sigma_min / sigma_max)^t (Song & Ermon 2019, arXiv:1907.05600).
class Geometric final : public model::Schedule {
 public:
  using Options = GeometricOptions;
  static deck::Schema<Options> schema();
  Geometric(const Options& options, const model::ScheduleContext& context);
  [[nodiscard]] std::vector<double> levels(std::int64_t n) const override;

 private:
  double max_, min_;
};

struct EdmOptions : NoiseLimits {
  double rho = 7.0;
};

/// Equal steps of sigma^(1/rho) (Karras et al. 2022, arXiv:2206.00364, eq. 5).
class Edm final : public model::Schedule {
 public:
  using Options = EdmOptions;
  static deck::Schema<Options> schema();
  Edm(const Options& options, const model::ScheduleContext& context);
  [[nodiscard]] std::vector<double> levels(std::int64_t n) const override;

 private:
  double max_, min_, rho_;
};

struct VpLinearOptions {
  double beta_min = 0.1;
  double beta_max = 20.0;
  double t_min = 1e-3;
};

/// The ratios of noise to signal of the variance-preserving SDE with beta(t) = beta_min + t (beta_max - beta_min), at
/// equal steps of t from 1 to t_min: (sigma / sd)^2 = exp(integral of beta) - 1 (Song et al. 2021, arXiv:2011.13456,
/// eq. 32 and appendix C).
class VpLinear final : public model::Schedule {
 public:
  using Options = VpLinearOptions;
  static deck::Schema<Options> schema();
  VpLinear(const Options& options, const model::ScheduleContext& context);
  [[nodiscard]] std::vector<double> levels(std::int64_t n) const override;

 private:
  Options options_;
  double unit_;
};

struct CosineOptions : NoiseLimits {};

/// Signal cos(theta) and noise sin(theta) at equal steps of the angle: sigma = sd tan(theta) (Nichol & Dhariwal 2021,
/// arXiv:2102.09672, eq. 17, cut at the highest and lowest level instead of by an offset).
class Cosine final : public model::Schedule {
 public:
  using Options = CosineOptions;
  static deck::Schema<Options> schema();
  Cosine(const Options& options, const model::ScheduleContext& context);
  [[nodiscard]] std::vector<double> levels(std::int64_t n) const override;

 private:
  double max_, min_, unit_;
};

}  // namespace scorefield::samplers
