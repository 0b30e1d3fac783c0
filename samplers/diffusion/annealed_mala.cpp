#include "samplers/diffusion/annealed_mala.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/errors.hpp"
#include "noise/philox.hpp"
#include "reduce/rows.hpp"

namespace scorefield::samplers {

/// What a trajectory has gathered; energy and gradient of its state are worked out anew after a restart.
struct AnnealedMala::WeightedChain final : DiffusionChain {
  using DiffusionChain::DiffusionChain;
  void visit(io::Archive& archive) override {
    DiffusionChain::visit(archive);
    archive.scalar("log_weight", log_weight);
    archive.array("log_weights", log_weights);
  }
  double log_weight = 0.0;          // of the present trajectory, so far
  std::vector<double> log_weights;  // of those that ended
  bool is_evaluated = false;        // at the level of the last step
  reduce::ExactSum level_energy;
  model::Vector gradient;
};

deck::Schema<AnnealedMalaOptions> AnnealedMala::schema() {
  auto schema = deck::Schema<Options>(
      "annealed_mala",
      "Metropolis-adjusted Langevin steps on each noise level, from high to low noise; exact at the lowest one in long "
      "runs, or with its weights. For scores that are gradients of an energy.");
  schema.reference("Neal 2001, arXiv:physics/9803008; Remy et al. 2023, arXiv:2201.05561")
      .example("{type: annealed_mala, steps_per_level: 5, schedule: geometric}")
      .option("steps_per_level", &Options::steps_per_level, {.doc = "MALA steps on each level", .min = 1})
      .option("step_size", &Options::step_size,
              {.unit = "1",
               .doc = "h, in units of v(k) + sigma^2",
               .above = 0.0,
               .auto_doc = "1.36 / cells^(1/3): acceptance of about 0.57 for a Gaussian field"});
  return with_diffusion_options(std::move(schema));
}

AnnealedMala::AnnealedMala(const Options& options, const model::SamplerContext& context)
    : DiffusionSampler(context, options, "annealed_mala", options.steps_per_level),
      steps_per_level_(options.steps_per_level),
      step_size_(options.step_size.value_or(1.36 / std::cbrt(static_cast<double>(context.domain.lattice().sites())))),
      preconditioner_(model::Preconditioner::of_power(context.domain, context.target, [](double) { return 1.0; })),
      root_("root of v + sigma^2", denoiser_.mode_variance().span()),
      proposal_(context.domain, "proposal", context.target.components()),
      gradient_(preconditioner_.make_vector("gradient of the proposal")) {
  if (!denoiser_.has_energy()) {
    throw base::DeckError("annealed_mala needs a score that is the gradient of an energy, and the target's is not",
                          "use a local-energy net, or reverse_sde or probability_flow");
  }
}

std::unique_ptr<model::Chain> AnnealedMala::make_chain(std::int64_t id) {
  auto chain = std::make_unique<WeightedChain>(id, domain_, target_.components());
  chain->gradient = preconditioner_.make_vector("gradient");
  return chain;
}

void AnnealedMala::refresh(model::Chain& chain) { static_cast<WeightedChain&>(chain).is_evaluated = false; }

void AnnealedMala::precondition(double sigma) {
  const double* variance = denoiser_.mode_variance().data();
  double* root = root_.data();
  const double noise = sigma * sigma;
  Kokkos::parallel_for(
      "root of v + sigma^2", base::RowPolicy(0, static_cast<std::int64_t>(root_.span())),
      KOKKOS_LAMBDA(const std::int64_t i) { root[i] = std::sqrt(variance[i] + noise); });
  preconditioner_.set_root(root_);
}

reduce::ExactSum AnnealedMala::evaluate(model::DualField& x, double sigma, model::Vector& gradient) {
  denoiser_.denoise(x, sigma, denoised_);
  const double* y = x.values(model::Space::fourier);
  const double* d = denoised_.values(model::Space::fourier);
  double* g = gradient.data();
  const double weight = 1.0 / (sigma * sigma);
  Kokkos::parallel_for(
      "gradient", base::RowPolicy(0, gradient.size()),
      KOKKOS_LAMBDA(const std::int64_t i) { g[i] = weight * (y[i] - d[i]); });
  return denoiser_.energy(x, sigma);
}

double AnnealedMala::log_first_density(model::DualField& x) {
  const grid::SpectralField& modes = x.fourier();
  const grid::Box& box = modes.box();
  const std::int64_t n = modes.row_length();
  const std::int64_t lines = box.extent(1) * box.extent(2);
  const auto sites = static_cast<double>(domain_.lattice().sites());
  const double noise = levels().front() * levels().front();
  const double mean = denoiser_.mean() * sites;
  const double* variance = denoiser_.mode_variance().data();
  reduce::ExactSum sum;
  for (std::int64_t row = 0; row < modes.rows(); ++row) {
    const double weight = reduce::mode_weight(grid::spectral_row(box, row).kx, domain_.lattice().n()[2]);
    const base::Complex* line = modes.data() + row * n;
    const double* v = variance + (row % lines) * n;
    const bool has_mean = row % lines == 0 && box.lo[1] == 0 && box.lo[2] == 0;
    sum.add(weight * reduce::row_sum(n, [=](std::int64_t i) {
              const double real = line[i].real() - (has_mean && i == 0 ? mean : 0.0);
              const double total = v[i] + noise;
              return (real * real + line[i].imag() * line[i].imag()) / (sites * total) + std::log(total);
            }));
  }
  sum.all_reduce(domain_.comm());
  return -0.5 * (sum.value() + sites * target_.components() * std::log(2.0 * std::numbers::pi));
}

void AnnealedMala::prepare(DiffusionChain& base_chain) {
  auto& chain = static_cast<WeightedChain&>(base_chain);
  chain.log_weight = -log_first_density(chain.x);
  chain.is_evaluated = false;
}

void AnnealedMala::descend(DiffusionChain& base_chain, std::int64_t i) {
  auto& chain = static_cast<WeightedChain&>(base_chain);
  const double sigma = level(i);
  precondition(sigma);
  const bool is_new_level = i % steps_per_level_ == 0;
  if (is_new_level && i > 0) {
    if (!chain.is_evaluated) chain.level_energy = denoiser_.energy(chain.x, level(i - 1));
    chain.log_weight += chain.level_energy.value();
  }
  if (is_new_level || !chain.is_evaluated) {
    chain.level_energy = evaluate(chain.x, sigma, chain.gradient);
    chain.is_evaluated = true;
  }
  if (is_new_level) {
    ++chain.gradients;  // not after a restart: the count is that of an unbroken run
    chain.log_weight -= chain.level_energy.value();
  }
  const model::Space space = model::Space::fourier;
  preconditioner_.langevin(step_size_, chain.x.values(space), chain.gradient.data(),
                           stream(chain, noise::Purpose::proposal), proposal_.set_values(space));
  const reduce::ExactSum energy = evaluate(proposal_, sigma, gradient_);
  ++chain.gradients;
  const reduce::ExactSum ratio = preconditioner_.proposal_ratio(
      step_size_, chain.x.values(space), proposal_.values(space), chain.gradient.data(), gradient_.data());
  const double log_ratio = (chain.level_energy - energy + ratio).value();
  chain.acceptance = std::isfinite(log_ratio) ? std::min(1.0, std::exp(log_ratio)) : 0.0;
  if (noise::uniform(stream(chain, noise::Purpose::accept)) < chain.acceptance) {
    std::swap(chain.x, proposal_);
    std::swap(chain.gradient, gradient_);
    chain.level_energy = energy;
  }
}

void AnnealedMala::finish(DiffusionChain& base_chain) {
  auto& chain = static_cast<WeightedChain&>(base_chain);
  descend(chain, steps() - 1);
  chain.log_weights.push_back(chain.log_weight);
}

std::vector<model::Figure> AnnealedMala::figures(const model::Chain& base_chain) const {
  const auto& chain = static_cast<const WeightedChain&>(base_chain);
  std::vector<model::Figure> figures = DiffusionSampler::figures(chain);
  figures.push_back({"step_size", "1", {step_size_}});
  figures.push_back({"log_weights", "1", chain.log_weights});
  double sum = 0.0;
  double squares = 0.0;
  const double largest =
      chain.log_weights.empty() ? 0.0 : *std::max_element(chain.log_weights.begin(), chain.log_weights.end());
  for (const double l : chain.log_weights) {
    sum += std::exp(l - largest);
    squares += std::exp(2.0 * (l - largest));
  }
  const auto count = static_cast<double>(chain.log_weights.size());
  figures.push_back({"log_z", "1", {largest + std::log(sum / count)}});
  figures.push_back({"effective_draws", "1", {squares > 0.0 ? sum * sum / squares : 0.0}});
  return figures;
}

}  // namespace scorefield::samplers
