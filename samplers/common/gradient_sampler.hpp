#pragma once
/// What all samplers share that walk along the gradient of the energy.

#include <cmath>
#include <optional>
#include <string>

#include "model/components.hpp"
#include "model/preconditioner.hpp"
#include "samplers/common/step_adaptation.hpp"

namespace scorefield::samplers {

/// A chain that keeps the gradient of the energy at its state.
class GradientChain : public model::Chain {
 public:
  using Chain::Chain;
  void visit(io::Archive& archive) override;

  double step_size = 0.0;
  StepAdaptation adaptation;
  model::Vector gradient;  ///< dE/dx; recomputed from the state, see Sampler::refresh
};

/// Options of all of them.
struct GradientOptions {
  std::optional<std::string> preconditioner;
  std::string start = "prior";
};

/// Adds these options to the schema of a sampler.
template <class Options>
deck::Schema<Options> with_gradient_options(deck::Schema<Options> schema) {
  schema
      .option(
          "preconditioner", &Options::preconditioner,
          {.doc =
               "M: fourier (mean posterior variance of each mode, from prior spectrum and noise level), fourier_wide "
               "(the geometric mean of that and the prior variance: for data with a mask), prior (variance of each "
               "mode "
               "under the prior alone: for data that are not linear) or none",
           .choices = {"fourier", "fourier_wide", "prior", "none"},
           .auto_doc = "fourier where the energy is a quadratic form, prior where that of the prior is, else none"})
      .option("start", &Options::start,
              {.doc = "first state: a draw from the prior, an exact draw (Gaussian posteriors), or zero",
               .choices = {"prior", "exact", "zero"}});
  return schema;
}

class GradientSampler : public model::Sampler {
 public:
  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  void refresh(model::Chain& chain) override;
  [[nodiscard]] std::string status(const model::Chain& chain) const override;

 protected:
  GradientSampler(const model::SamplerContext& context, const GradientOptions& options, double step_size);

  /// Memory of the preconditioner, a proposal with its gradient sum in both spaces; each chain: state and gradient.
  static model::ChainFootprint common_footprint() {
    return {.shared = {.real_fields = 2.0, .spectral_fields = 2.0, .diagonal_fields = 1.0},
            .chain = {.real_fields = 1.0, .spectral_fields = 2.0}};
  }

  /// A chain of a derived class, ready for start().
  template <class ChainType>
  std::unique_ptr<ChainType> make(std::int64_t id) const {
    auto chain = std::make_unique<ChainType>(id, domain_, target_.components(), preconditioner_.space());
    chain->gradient = preconditioner_.make_vector("gradient");
    chain->step_size = first_step_size_;
    chain->adaptation.mean_log_step = std::log(first_step_size_);
    return chain;
  }

  /// Collective. Energy of x; its gradient is left in gradient_sum_. Counted for `chain`.
  reduce::ExactSum evaluate(model::Chain& chain, model::DualField& x);
  /// Makes the proposal the chain's state, with its energy and the gradient in gradient_sum_.
  void accept(GradientChain& chain, const reduce::ExactSum& energy);
  /// Metropolis test with log of the acceptance ratio; sets chain.acceptance.
  [[nodiscard]] bool is_accepted(model::Chain& chain, double energy, double log_ratio) const;
  /// Adapts the step size in warm-up.
  void adapt(GradientChain& chain, double target_acceptance) const;
  [[nodiscard]] bool is_divergent(double energy) const;
  /// Energy errors of a trajectory beyond this are divergences: such a state has no weight in double precision.
  static constexpr double largest_error = 1000.0;
  /// Counts a divergence, unless the step size is still being sought.
  void note_divergence(model::Chain& chain) const {
    if (chain.step >= warmup_) ++chain.divergences;
  }
  /// Notes the total energy that a step began with, its state with momenta of this square; before the state moves.
  void note_momenta(model::Chain& chain, const reduce::ExactSum& squares) const {
    if (chain.step >= warmup_) chain.bfmi.add(chain.energy.value() + 0.5 * squares.value());
  }
  /// Throws NumericsError where a step without accept test has lost its way.
  void refuse_divergence(const model::Chain& chain, double energy) const;
  /// Throws NumericsError where the energy of the state itself is not finite.
  static void refuse_lost_energy(const model::Chain& chain);
  [[nodiscard]] double first_step_size() const { return first_step_size_; }
  [[nodiscard]] noise::Stream stream(const model::Chain& chain, noise::Purpose purpose) const;

  const grid::Domain& domain_;
  model::Target& target_;
  std::uint64_t seed_;
  std::int64_t warmup_;
  model::Preconditioner preconditioner_;
  model::DualField proposal_;
  model::DualSum gradient_sum_;

 private:
  std::string start_;
  double first_step_size_;
};

}  // namespace scorefield::samplers
