#pragma once
/// What all samplers share that walk from noise to data.

#include <optional>
#include <string>
#include <vector>

#include "model/components.hpp"

namespace scorefield::samplers {

struct DiffusionOptions {
  deck::Component schedule{};
  std::optional<std::int64_t> steps;
};

/// A chain on its way from noise to data; the state lives in Fourier space.
class DiffusionChain : public model::Chain {
 public:
  using Chain::Chain;
  void visit(io::Archive& archive) override;

  /// Step sizes of the present trajectory that depend on the state, in order; zero before they are known.
  std::vector<double> recorded;
};

/// Adds these options to the schema of a sampler.
template <class Options>
deck::Schema<Options> with_diffusion_options(deck::Schema<Options> schema) {
  schema.component("schedule", &Options::schedule, "schedule", {.doc = "noise levels; edm where none is given"})
      .option("steps", &Options::steps,
              {.doc = "steps of a trajectory, from noise to data; run.thin and run.warmup are multiples of it",
               .min = 2,
               .auto_doc = "run.thin"});
  return schema;
}

/// Independent draws, each at the end of a trajectory of `steps` steps down the levels of a schedule, begun from a draw
/// of N(mean, v(k) + sigma^2) at the highest one: the law of y there for a Gaussian field, and for any other as nearly
/// as its power spectrum tells. The last step is the final denoising x = D(x; sigma_min): what is left of the noise is
/// removed, not sampled. A trajectory can be stopped and gone on with at any step.
///
/// With a network's score the samples are those of the network and of the steps' errors: is_biased().
class DiffusionSampler : public model::Sampler {
 public:
  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  void refresh(model::Chain& /*chain*/) override {}
  void step(model::Chain& chain) final;
  void settle(model::Chain& chain) override;
  [[nodiscard]] bool is_biased() const override { return true; }
  [[nodiscard]] std::vector<model::Figure> figures(const model::Chain& chain) const override;
  [[nodiscard]] std::string status(const model::Chain& chain) const override;

 protected:
  /// Collective. Throws DeckError where the target has no noise-level score, or the run no whole trajectories.
  /// `levels_per_step`: a level is held for so many steps.
  DiffusionSampler(const model::SamplerContext& context, const DiffusionOptions& options, const std::string& name,
                   std::int64_t steps_per_level = 1);

  /// State and a denoised one with their transforms.
  static model::ChainFootprint common_footprint() {
    return {.shared = {.real_fields = 2.0, .spectral_fields = 2.0},
            .chain = {.real_fields = 1.0, .spectral_fields = 1.0}};
  }

  /// Collective. Step i of a trajectory, from level(i) to level(i + 1), i + 1 < steps().
  virtual void descend(DiffusionChain& chain, std::int64_t i) = 0;
  /// Collective. The final step. chain.x is at the lowest level; samplers in other variables than y override this.
  virtual void finish(DiffusionChain& chain);
  /// Collective. Puts a fresh chain.x of the highest level into the sampler's own variable.
  virtual void prepare(DiffusionChain& /*chain*/) {}
  /// Values in DiffusionChain::recorded.
  [[nodiscard]] virtual std::int64_t recorded() const { return 0; }

  [[nodiscard]] std::int64_t steps() const { return steps_; }
  /// Noise level that step i begins at.
  [[nodiscard]] double level(std::int64_t i) const {
    return levels_[static_cast<std::size_t>(std::min(i, steps_ - 1) / steps_per_level_)];
  }
  [[nodiscard]] const std::vector<double>& levels() const { return levels_; }
  /// Collective. denoised_ = D(y; sigma). Counted for `chain`.
  void denoise(model::Chain& chain, model::DualField& y, double sigma);
  /// x = mean + a (x - mean) + b (d - mean) + c z, with white noise z of unit variance in each cell where c is not 0.
  void mix(model::DualField& x, double a, model::DualField& d, double b, double c = 0.0,
           const noise::Stream& stream = {}) const;
  [[nodiscard]] noise::Stream stream(const model::Chain& chain, noise::Purpose purpose) const;

  const grid::Domain& domain_;
  model::Target& target_;
  model::Denoiser& denoiser_;
  model::DualField denoised_;

 private:
  /// x = a draw of N(mean, v(k) + sigma^2) at the highest level.
  void draw_noise(DiffusionChain& chain) const;

  std::uint64_t seed_;
  std::int64_t steps_, steps_per_level_;
  std::vector<double> levels_;
  model::DualField before_;  // the state before a step, to go back to where it fails
};

}  // namespace scorefield::samplers
