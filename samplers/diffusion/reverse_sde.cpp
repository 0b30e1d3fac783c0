#include "samplers/diffusion/reverse_sde.hpp"

#include <cmath>

namespace scorefield::samplers {

deck::Schema<ReverseSdeOptions> ReverseSde::schema() {
  auto schema =
      deck::Schema<Options>("reverse_sde", "Reverse diffusion: the SDE that turns data into noise, run backwards.");
  schema.reference("Song et al. 2021, arXiv:2011.13456; Ho et al. 2020, arXiv:2006.11239 (ancestral)")
      .example("{type: reverse_sde, sde: vp, schedule: vp_linear}")
      .option("sde", &Options::sde,
              {.doc = "ve: noise is added to the data; vp: the data shrink, so that the variance stays; sub_vp: less "
                      "noise on the way than vp",
               .choices = {"ve", "vp", "sub_vp"}})
      .option("method", &Options::method,
              {.doc = "euler_maruyama, or ancestral: the exact conditional law of the next level given the data that "
                      "the score points to",
               .choices = {"euler_maruyama", "ancestral"}})
      .check([](const Options& o, const auto& report) {
        if (o.sde == "sub_vp" && o.method == "ancestral") {
          report("method", "'ancestral' is for the SDEs 've' and 'vp'");
        }
      });
  return with_diffusion_options(std::move(schema));
}

ReverseSde::ReverseSde(const Options& options, const model::SamplerContext& context)
    : DiffusionSampler(context, options, "reverse_sde"),
      sde_(options.sde),
      is_ancestral_(options.method == "ancestral"),
      unit_(denoiser_.standard_deviation()) {}

ReverseSde::Scales ReverseSde::scales(double sigma) const {
  const double r = sigma / unit_;
  if (sde_ == "ve") return {1.0, r};
  if (sde_ == "vp") return {1.0 / std::sqrt(1.0 + r * r), r / std::sqrt(1.0 + r * r)};
  const double a = 2.0 / (r + std::sqrt(r * r + 4.0));  // of a^2 + r a - 1 = 0
  return {a, r * a};
}

void ReverseSde::rescale(DiffusionChain& chain, double factor) const {
  if (factor != 1.0) mix(chain.x, factor, chain.x, 0.0);
}

void ReverseSde::prepare(DiffusionChain& chain) { rescale(chain, scales(level(0)).a); }

void ReverseSde::finish(DiffusionChain& chain) {
  rescale(chain, 1.0 / scales(levels().back()).a);
  DiffusionSampler::finish(chain);
}

void ReverseSde::descend(DiffusionChain& chain, std::int64_t i) {
  const Scales from = scales(level(i));
  const Scales to = scales(level(i + 1));
  rescale(chain, 1.0 / from.a);
  denoise(chain, chain.x, level(i));  // chain.x is y; u = a y around the mean
  const double variance = from.b * from.b;
  const noise::Stream noise = stream(chain, noise::Purpose::proposal);
  // u' = keep u + pull a (D - u / a) / b^2 + spread sd z, and sd^2 s_u = a (D - y) / b^2.
  double keep = 1.0;
  double pull = 0.0;
  double spread = 0.0;
  if (sde_ == "ve") {
    pull = variance - to.b * to.b;
    spread = std::sqrt(pull) * (is_ancestral_ ? to.b / from.b : 1.0);
  } else if (is_ancestral_) {
    const double ratio = from.a / to.a;  // sqrt(1 - beta) of a chain of finite steps
    const double beta = 1.0 - ratio * ratio;
    keep = 1.0 / ratio;
    pull = beta / ratio;
    spread = std::sqrt(beta) * to.b / from.b;
  } else {
    const double beta = 2.0 * std::log(to.a / from.a);  // its integral over the step
    keep = 1.0 + 0.5 * beta;
    pull = sde_ == "vp" ? beta : beta * (1.0 - std::pow(from.a, 4));
    spread = std::sqrt(pull);
  }
  const double of_data = pull * from.a / variance;
  mix(chain.x, keep * from.a - of_data, denoised_, of_data, spread * unit_, noise);
}

}  // namespace scorefield::samplers
