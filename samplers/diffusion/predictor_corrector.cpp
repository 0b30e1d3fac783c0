#include "samplers/diffusion/predictor_corrector.hpp"

#include <cmath>

#include "base/errors.hpp"
#include "reduce/rows.hpp"

namespace scorefield::samplers {

deck::Schema<PredictorCorrectorOptions> PredictorCorrector::schema() {
  auto schema = deck::Schema<Options>("predictor_corrector",
                                      "Reverse diffusion with Langevin steps on every level that correct its errors.");
  schema.reference("Song et al. 2021, arXiv:2011.13456, algorithms 2 and 4")
      .example("{type: predictor_corrector, signal_to_noise: 0.16, schedule: geometric}")
      .option("signal_to_noise", &Options::signal_to_noise,
              {.unit = "1", .doc = "r of the corrector's steps", .above = 0.0, .max = 1.0})
      .option("corrector_steps", &Options::corrector_steps, {.doc = "Langevin steps on each level", .min = 1});
  return with_diffusion_options(std::move(schema));
}

PredictorCorrector::PredictorCorrector(const Options& options, const model::SamplerContext& context)
    : DiffusionSampler(context, options, "predictor_corrector"),
      signal_to_noise_(options.signal_to_noise),
      corrector_steps_(options.corrector_steps),
      move_(context.domain, "move", context.target.components()) {}

double PredictorCorrector::square_of_move(DiffusionChain& chain) {
  move_.copy_from(denoised_, model::Space::fourier);
  mix(move_, 1.0, chain.x, -1.0);
  // mix() works around the mean: D - x is without one where weights add up to zero, so take it off again.
  grid::SpectralField modes = move_.fourier();
  const grid::Box& box = modes.box();
  if (denoiser_.mean() != 0.0 && !box.empty() && box.lo[1] == 0 && box.lo[2] == 0) {
    const double sum = denoiser_.mean() * static_cast<double>(domain_.lattice().sites());
    for (int c = 0; c < modes.components(); ++c) modes.component(c)[0] -= sum;
  }
  return reduce::dot(domain_, modes, modes).value();
}

void PredictorCorrector::descend(DiffusionChain& chain, std::int64_t i) {
  const double here = level(i) * level(i);
  const double sigma = level(i + 1);
  const double there = sigma * sigma;
  denoise(chain, chain.x, level(i));
  const double pull = (here - there) / here;
  mix(chain.x, 1.0 - pull, denoised_, pull, std::sqrt(here - there), stream(chain, noise::Purpose::proposal));
  const double cells = static_cast<double>(domain_.lattice().sites()) * target_.components();
  for (std::int64_t j = 0; j < corrector_steps_; ++j) {
    denoise(chain, chain.x, sigma);
    const double square = square_of_move(chain);
    if (!(square > 0.0)) throw base::NumericsError("the score vanishes everywhere", "check the target");
    const double e = 2.0 * signal_to_noise_ * signal_to_noise_ * cells * there * there / square;
    noise::Stream noise = stream(chain, noise::Purpose::corrector);
    noise.step = noise.step * static_cast<std::uint64_t>(corrector_steps_) + static_cast<std::uint64_t>(j);
    mix(chain.x, 1.0 - e / there, denoised_, e / there, std::sqrt(2.0 * e), noise);
    chain.recorded[static_cast<std::size_t>(i * corrector_steps_ + j)] = e;
  }
}

}  // namespace scorefield::samplers
