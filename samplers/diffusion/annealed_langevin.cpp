#include "samplers/diffusion/annealed_langevin.hpp"

#include <cmath>

namespace scorefield::samplers {

deck::Schema<AnnealedLangevinOptions> AnnealedLangevin::schema() {
  auto schema = deck::Schema<Options>(
      "annealed_langevin", "Langevin steps on each noise level, from high to low noise, and a final denoising.");
  schema.reference("Song & Ermon 2019, arXiv:1907.05600; 2020, arXiv:2006.09011")
      .example("{type: annealed_langevin, steps_per_level: 5, schedule: geometric}")
      .option("steps_per_level", &Options::steps_per_level, {.doc = "Langevin steps on each level", .min = 1})
      .option("step_size", &Options::step_size,
              {.unit = "1",
               .doc = "eta: a step is eta sigma^2 long",
               .above = 0.0,
               .below = 2.0,
               .auto_doc = "the one that best brings the noise of a level down to the next (technique 4 of 2020)"});
  return with_diffusion_options(std::move(schema));
}

AnnealedLangevin::AnnealedLangevin(const Options& options, const model::SamplerContext& context)
    : DiffusionSampler(context, options, "annealed_langevin", options.steps_per_level),
      step_size_(options.step_size.value_or(best_step_size(levels()[0] / levels()[1], options.steps_per_level))) {}

double AnnealedLangevin::best_step_size(double gamma, std::int64_t steps) {
  // v' = (1 - eta)^2 v + 2 eta from v = gamma^2 falls to 2 / (2 - eta) > 1: the least of what is left and what is
  // added.
  const auto variance = [&](double log_eta) {
    const double eta = std::exp(log_eta);
    const double fixed = 2.0 / (2.0 - eta);
    return fixed + std::pow(1.0 - eta, 2.0 * static_cast<double>(steps)) * (gamma * gamma - fixed);
  };
  double low = std::log(1e-9);
  double high = 0.0;
  constexpr double golden = 0.6180339887498949;
  while (high - low > 1e-10) {
    const double a = high - golden * (high - low);
    const double b = low + golden * (high - low);
    (variance(a) < variance(b) ? high : low) = variance(a) < variance(b) ? b : a;
  }
  return std::exp(0.5 * (low + high));
}

void AnnealedLangevin::walk(DiffusionChain& chain, double sigma) {
  denoise(chain, chain.x, sigma);
  // x + a s + sqrt(2 a) z with s = (D - x) / sigma^2, a = eta sigma^2.
  mix(chain.x, 1.0 - step_size_, denoised_, step_size_, std::sqrt(2.0 * step_size_) * sigma,
      stream(chain, noise::Purpose::proposal));
}

void AnnealedLangevin::descend(DiffusionChain& chain, std::int64_t i) { walk(chain, level(i)); }

void AnnealedLangevin::finish(DiffusionChain& chain) {
  walk(chain, levels().back());
  DiffusionSampler::finish(chain);
}

std::vector<model::Figure> AnnealedLangevin::figures(const model::Chain& chain) const {
  std::vector<model::Figure> figures = DiffusionSampler::figures(chain);
  figures.push_back({"step_size", "1", {step_size_}});
  return figures;
}

}  // namespace scorefield::samplers
