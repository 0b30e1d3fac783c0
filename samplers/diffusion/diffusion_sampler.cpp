#include "samplers/diffusion/diffusion_sampler.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/errors.hpp"
#include "noise/normals.hpp"
#include "reduce/rows.hpp"
#include "samplers/diffusion/schedules.hpp"

namespace scorefield::samplers {

namespace {

model::Denoiser& denoiser_of(model::Target& target, const std::string& name) {
  model::Denoiser* denoiser = target.denoiser();
  if (denoiser == nullptr) {
    throw base::DeckError(name + " needs a target whose score is known at every noise level",
                          "use gaussian_field, gaussian_mixture or lognormal_field");
  }
  return *denoiser;
}

std::int64_t whole_steps(const model::SamplerContext& context, const DiffusionOptions& options, const std::string& name,
                         std::int64_t steps_per_level) {
  const std::int64_t steps = options.steps.value_or(context.thin);
  const std::string wrong = steps < 2 * steps_per_level ? fmt::format("a trajectory of {} step(s)", steps)
                            : steps % steps_per_level != 0
                                ? fmt::format("a trajectory of {} steps with {} on each level", steps, steps_per_level)
                            : context.thin % steps != 0   ? fmt::format("run.thin {}", context.thin)
                            : context.warmup % steps != 0 ? fmt::format("run.warmup {}", context.warmup)
                                                          : "";
  if (!wrong.empty()) {
    throw base::DeckError(
        fmt::format("{} is no whole number of trajectories or levels of {}, of at least 2 levels", wrong, name),
        steps < 2 * steps_per_level
            ? fmt::format("give run.thin the steps of a trajectory, for example {}, and run.warmup 0",
                          50 * steps_per_level)
            : fmt::format("make run.thin and run.warmup multiples of sampler.steps, which is {}", steps));
  }
  return steps;
}

}  // namespace

void DiffusionChain::visit(io::Archive& archive) {
  Chain::visit(archive);
  if (!recorded.empty()) archive.array("recorded", recorded);
}

DiffusionSampler::DiffusionSampler(const model::SamplerContext& context, const DiffusionOptions& options,
                                   const std::string& name, std::int64_t steps_per_level)
    : domain_(context.domain),
      target_(context.target),
      denoiser_(denoiser_of(context.target, name)),
      denoised_(context.domain, "denoised", context.target.components()),
      seed_(context.seed),
      steps_(whole_steps(context, options, name, steps_per_level)),
      steps_per_level_(steps_per_level),
      before_(context.domain, "before the step", context.target.components()) {
  const model::ScheduleContext of_schedule{denoiser_};
  const std::unique_ptr<model::Schedule> schedule =
      options.schedule ? context.all_components().schedules.build(options.schedule, of_schedule)
                       : std::make_unique<Edm>(EdmOptions{}, of_schedule);
  levels_ = schedule->levels(steps_ / steps_per_level_);
}

std::unique_ptr<model::Chain> DiffusionSampler::make_chain(std::int64_t id) {
  auto chain = std::make_unique<DiffusionChain>(id, domain_, target_.components());
  chain->recorded.assign(static_cast<std::size_t>(recorded()), 0.0);
  return chain;
}

void DiffusionSampler::start(model::Chain& chain) { chain.x.set_fourier().fill(0.0); }

noise::Stream DiffusionSampler::stream(const model::Chain& chain, noise::Purpose purpose) const {
  return {.seed = seed_,
          .purpose = purpose,
          .chain = static_cast<std::uint32_t>(chain.id),
          .step = static_cast<std::uint64_t>(chain.step)};
}

void DiffusionSampler::draw_noise(DiffusionChain& chain) const {
  const grid::SpectralField& modes = chain.x.set_fourier();
  noise::fill_white(domain_, stream(chain, noise::Purpose::start), modes);
  const double* variance = denoiser_.mode_variance().data();
  const auto count = static_cast<std::int64_t>(denoiser_.mode_variance().span());
  const double noise = levels_.front() * levels_.front();
  const auto sites = static_cast<double>(domain_.lattice().sites());
  base::Complex* values = modes.data();
  Kokkos::parallel_for(
      "first level", base::RowPolicy(0, modes.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        const double scale = std::sqrt(sites * (variance[i % count] + noise));
        values[i] = base::Complex(scale * values[i].real(), scale * values[i].imag());
      });
  // Up to here fluctuations: the mean is added by mixing them with nothing.
  const double mean = denoiser_.mean();
  const grid::Box& box = modes.box();
  if (mean != 0.0 && !box.empty() && box.lo[1] == 0 && box.lo[2] == 0) {
    for (int c = 0; c < modes.components(); ++c) modes.component(c)[0] += mean * sites;
  }
}

void DiffusionSampler::denoise(model::Chain& chain, model::DualField& y, double sigma) {
  denoiser_.denoise(y, sigma, denoised_);
  ++chain.gradients;
}

void DiffusionSampler::mix(model::DualField& x, double a, model::DualField& d, double b, double c,
                           const noise::Stream& stream) const {
  const auto* from = reinterpret_cast<const double*>(d.fourier().data());
  auto* to = x.change(model::Space::fourier);
  const grid::SpectralField& modes = x.fourier();
  const grid::Box& box = modes.box();
  const auto sites = static_cast<double>(domain_.lattice().sites());
  const double rest = (1.0 - a - b) * denoiser_.mean() * sites;
  Kokkos::parallel_for(
      "mix", base::RowPolicy(0, 2 * modes.size()),
      KOKKOS_LAMBDA(const std::int64_t i) { to[i] = a * to[i] + b * from[i]; });
  if (rest != 0.0 && !box.empty() && box.lo[1] == 0 && box.lo[2] == 0) {
    for (int k = 0; k < modes.components(); ++k) modes.component(k)[0] += rest;
  }
  if (c == 0.0) return;
  const double scale = c * std::sqrt(sites);
  const std::int64_t n = modes.row_length();
  const std::int64_t lines = box.extent(1) * box.extent(2);
  std::vector<base::Complex> z(static_cast<std::size_t>(n));
  for (int k = 0; k < modes.components(); ++k) {
    noise::WhiteModes white(domain_.lattice(), stream, k);
    for (std::int64_t row = 0; row < lines; ++row) {
      white.row(grid::spectral_row(box, row), z.data());
      base::Complex* line = modes.component(k) + row * n;
      for (std::int64_t i = 0; i < n; ++i) line[i] += base::Complex(scale * z[i].real(), scale * z[i].imag());
    }
  }
}

void DiffusionSampler::finish(DiffusionChain& chain) {
  denoise(chain, chain.x, levels_.back());
  chain.x.copy_from(denoised_, model::Space::fourier);
}

void DiffusionSampler::step(model::Chain& base_chain) {
  auto& chain = static_cast<DiffusionChain&>(base_chain);
  const std::int64_t i = chain.step % steps_;
  before_.copy_from(chain.x, model::Space::fourier);
  if (i == 0) {
    draw_noise(chain);
    prepare(chain);
    std::fill(chain.recorded.begin(), chain.recorded.end(), 0.0);
  }
  if (i + 1 < steps_) {
    descend(chain, i);
  } else {
    finish(chain);
  }
  const grid::SpectralField& modes = chain.x.fourier();
  if (!std::isfinite(reduce::dot(domain_, modes, modes).value())) {
    std::swap(chain.x, before_);
    throw base::NumericsError(fmt::format("chain {} is not finite after step {} of its trajectory", chain.id, i + 1),
                              "take more or smaller steps: run.thin, the schedule or the sampler's step size");
  }
  ++chain.step;
}

void DiffusionSampler::settle(model::Chain& chain) { chain.energy = target_.evaluate(chain.x, nullptr); }

std::vector<model::Figure> DiffusionSampler::figures(const model::Chain& chain) const {
  std::vector<model::Figure> figures{{"evaluations", "1", {static_cast<double>(chain.gradients)}},
                                     {"noise_levels", target_.unit(), levels_}};
  const auto& recorded = static_cast<const DiffusionChain&>(chain).recorded;
  if (!recorded.empty()) figures.push_back({"step_sizes", "1", recorded});
  return figures;
}

std::string DiffusionSampler::status(const model::Chain& chain) const {
  return fmt::format("sigma {:.3g}", level(chain.step % steps_));
}

}  // namespace scorefield::samplers
