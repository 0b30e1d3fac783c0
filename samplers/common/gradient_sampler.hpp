#pragma once
/// What all samplers share that walk along the gradient of the energy.

#include <cmath>
#include <optional>
#include <string>

#include "model/components.hpp"
#include "model/preconditioner.hpp"
#include "samplers/common/metric_adaptation.hpp"
#include "samplers/common/step_adaptation.hpp"

namespace scorefield::samplers {

/// A chain that keeps the gradient of the energy at its state.
class GradientChain : public model::Chain {
 public:
  using Chain::Chain;
  void visit(io::Archive& archive) override;

  double step_size = 0.0;
  StepAdaptation adaptation;
  std::optional<MetricAdaptation> metric;  ///< where the preconditioner is learned
  model::Vector gradient;                  ///< dE/dx; recomputed from the state, see Sampler::refresh
};

/// Options of all of them.
struct GradientOptions {
  std::optional<std::string> preconditioner;
  deck::Component spectrum{};
  std::string start = "prior";

  [[nodiscard]] bool is_metric_adapted() const {
    return preconditioner == "diagonal" || preconditioner == "fourier_adapted";
  }
};

/// Step size in units of the preconditioner.
struct StepSize {
  std::optional<double> given;  ///< by the deck; without it the sampler adapts
  double scaled = 0.0;          ///< by scaling theory: where adaptation begins
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
               "mode under the prior alone: for data that are not linear), spectrum (the one given beside), "
               "fourier_adapted (variance in shells of wavenumber, learned in warm-up), diagonal (variance of each "
               "cell or parameter, learned in warm-up) or none",
           .choices = {"fourier", "fourier_wide", "prior", "spectrum", "fourier_adapted", "diagonal", "none"},
           .auto_doc = "fourier where the energy is a quadratic form, prior where that of the prior is, else none"})
      .component("spectrum", &Options::spectrum, "spectrum",
                 {.doc = "for 'preconditioner: spectrum': power spectrum P(k) that M is the variance of"})
      .option("start", &Options::start,
              {.doc = "first state: a draw from the prior, an exact draw (Gaussian posteriors), or zero",
               .choices = {"prior", "exact", "zero"}})
      .check([](const Options& o, const auto& report) {
        const bool has_spectrum = !o.spectrum.type.empty();
        const bool is_wanted = o.preconditioner == "spectrum";
        if (is_wanted && !has_spectrum) {
          report("preconditioner",
                 "'spectrum' needs a power spectrum beside it, as in 'spectrum: {type: power_law, ...}'");
        }
        if (has_spectrum && !is_wanted) report("spectrum", "is for 'preconditioner: spectrum' alone");
      });
  return schema;
}

class GradientSampler : public model::Sampler {
 public:
  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  void refresh(model::Chain& chain) override;
  /// walk(), and what the warm-up learns from it.
  void step(model::Chain& chain) final;
  [[nodiscard]] bool is_adaptive() const override { return is_step_adapted_ || is_metric_adapted_; }
  [[nodiscard]] std::string status(const model::Chain& chain) const override;

 protected:
  GradientSampler(const model::SamplerContext& context, const GradientOptions& options, const StepSize& step_size);

  /// Collective: one step, but for the count of steps. Throws as Sampler::step.
  virtual void walk(GradientChain& chain) = 0;
  /// After M has changed: the step size is sought anew. Samplers that adapt it in another way override this.
  virtual void restart_adaptation(GradientChain& chain) const;

  /// Memory of the preconditioner, a proposal with its gradient sum in both spaces; each chain: state and gradient, and
  /// mean, squares and M where it learns these.
  static model::ChainFootprint common_footprint(const GradientOptions& options) {
    model::ChainFootprint common{.shared = {.real_fields = 2.0, .spectral_fields = 2.0, .diagonal_fields = 1.0},
                                 .chain = {.real_fields = 1.0, .spectral_fields = 2.0}};
    if (options.is_metric_adapted()) common.chain += model::Footprint{.spectral_fields = 1.0, .diagonal_fields = 2.0};
    return common;
  }

  /// A chain of a derived class, ready for start().
  template <class ChainType>
  std::unique_ptr<ChainType> make(std::int64_t id) const {
    auto chain = std::make_unique<ChainType>(id, domain_, target_.components(), preconditioner_.space());
    chain->gradient = preconditioner_.make_vector("gradient");
    set_up(*chain);
    return chain;
  }
  /// Gives a new chain its step size and what it learns.
  void set_up(GradientChain& chain) const;

  /// Collective. Energy of x; its gradient is left in gradient_sum_. Counted for `chain`.
  reduce::ExactSum evaluate(model::Chain& chain, model::DualField& x);
  /// Makes the proposal the chain's state, with its energy and the gradient in gradient_sum_.
  void accept(GradientChain& chain, const reduce::ExactSum& energy);
  /// Metropolis test with log of the acceptance ratio; sets chain.acceptance.
  [[nodiscard]] bool is_accepted(model::Chain& chain, double energy, double log_ratio) const;
  [[nodiscard]] bool adapts_step(const model::Chain& chain) const;
  /// Adapts the step size in warm-up by the acceptance of this step.
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
  StepSize step_size_;
  bool is_step_adapted_, is_metric_adapted_;
};

}  // namespace scorefield::samplers
