#pragma once
/// Independent exact draws from Gaussian posteriors.

#include <optional>

#include "model/components.hpp"
#include "samplers/exact/conjugate_gradient.hpp"

namespace scorefield::samplers {

struct GaussianExactOptions {
  double tolerance = 1e-10;
  std::int64_t max_iterations = 10000;
  std::string mean_solver = "scorefield";
};

/// Perturb and solve: with b' = b + C^(-1/2) xi_0 + A^T N^(-1/2) xi_1 the solution of Q x = b' is a draw from N(Q^-1 b,
/// Q^-1) (Papandreou & Yuille 2010; Wandelt et al. 2004). Every step is an independent draw.
class GaussianExact final : public model::Sampler {
 public:
  using Options = GaussianExactOptions;
  static deck::Schema<Options> schema();
  GaussianExact(const Options& options, const model::SamplerContext& context);
  /// Preconditioner; direction, image and right side in both spaces; mean in both, and white noise of the data.
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return {.shared = {.real_fields = 5.0, .spectral_fields = 4.0, .diagonal_fields = 1.0},
            .chain = {.real_fields = 1.0, .spectral_fields = 1.0}};
  }

  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  void refresh(model::Chain& chain) override;
  void step(model::Chain& chain) override;
  /// The posterior mean (Wiener filter) as /wiener/mean.
  [[nodiscard]] std::vector<model::NamedField> named_fields() override;

  /// Collective. Q^-1 b by our own solver.
  [[nodiscard]] grid::SpectralField mean();

 private:
  const grid::Domain& domain_;
  model::Target& target_;
  std::uint64_t seed_;
  Options options_;
  base::DiagonalView preconditioner_;
  ConjugateGradient solver_;
  model::DualSum right_side_;
  grid::SpectralField mean_;
};

}  // namespace scorefield::samplers
