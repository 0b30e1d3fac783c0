#include "samplers/langevin/langevin.hpp"

#include <cmath>

#include "base/errors.hpp"
#include "model/preconditioner.hpp"
#include "noise/normals.hpp"
#include "noise/philox.hpp"
#include "reduce/rows.hpp"
#include "samplers/exact/conjugate_gradient.hpp"

namespace scorefield::samplers {

void LangevinChain::visit(io::Archive& archive) {
  Chain::visit(archive);
  archive.scalar("step_size", step_size);
  archive.scalar("mean_error", mean_error);
  archive.scalar("mean_log_step", mean_log_step);
}

Langevin::Langevin(const model::SamplerContext& context, const LangevinOptions& options, double step_size)
    : domain_(context.domain),
      target_(context.target),
      seed_(context.seed),
      warmup_(context.warmup),
      preconditioner_(options.preconditioner == "fourier"
                          ? model::fourier_preconditioner(context.domain, context.target)
                          : model::identity_preconditioner(context.domain, context.target)),
      start_(options.start),
      first_step_size_(step_size),
      proposal_(context.domain, "proposal", context.target.components()),
      gradient_sum_(context.domain, "gradient", context.target.components()) {}

std::unique_ptr<model::Chain> Langevin::make_chain(std::int64_t id) {
  auto chain = std::make_unique<LangevinChain>(id, domain_, target_.components());
  chain->gradient = grid::SpectralField(domain_, "gradient", target_.components());
  chain->step_size = first_step_size_;
  chain->mean_log_step = std::log(first_step_size_);
  return chain;
}

void Langevin::start(model::Chain& chain) {
  const auto id = static_cast<std::uint32_t>(chain.id);
  if (start_ == "prior") {
    target_.draw_prior({.seed = seed_, .purpose = noise::Purpose::start, .chain = id}, chain.x);
  } else if (start_ == "exact") {
    model::LinearGaussian* quadratic = target_.linear_gaussian();
    if (quadratic == nullptr) {
      throw base::DeckError("sampler.start 'exact' needs a target whose energy is a quadratic form",
                            "use 'start: prior'");
    }
    // A draw of its own: no gaussian_exact run ever comes to this step of the stream.
    constexpr std::uint64_t last_step = (std::uint64_t{1} << 40) - 1;
    gradient_sum_.clear();
    quadratic->add_information(gradient_sum_);
    quadratic->add_perturbation({.seed = seed_, .chain = id, .step = last_step}, gradient_sum_);
    ConjugateGradient(domain_, *quadratic, model::fourier_preconditioner(domain_, target_), target_.components())
        .solve(gradient_sum_.fourier(), chain.x.set_fourier(), 1e-10, 10000);
  } else {
    chain.x.set_fourier().fill(0.0);
  }
}

void Langevin::refresh(model::Chain& chain) {
  gradient_sum_.clear();
  chain.energy = target_.evaluate(chain.x, &gradient_sum_);
  gradient_sum_.take_fourier(static_cast<LangevinChain&>(chain).gradient);
  if (!std::isfinite(chain.energy.value())) {
    throw base::NumericsError("the energy of chain " + std::to_string(chain.id) + " is not finite at step " +
                              std::to_string(chain.step));
  }
}

void Langevin::propose(LangevinChain& chain) {
  const grid::SpectralField& state = chain.x.fourier();
  const grid::SpectralField& next = proposal_.set_fourier();
  const std::int64_t n = state.row_length();
  const std::int64_t rows = state.rows() / state.components();
  const double h = chain.step_size;
  const double noise_scale = 2.0 * h * static_cast<double>(domain_.lattice().sites());
  for (int c = 0; c < state.components(); ++c) {
    noise::WhiteModes modes(domain_.lattice(),
                            {.seed = seed_,
                             .purpose = noise::Purpose::proposal,
                             .chain = static_cast<std::uint32_t>(chain.id),
                             .step = static_cast<std::uint64_t>(chain.step)},
                            c);
    const base::Complex* x = state.component(c);
    const base::Complex* g = chain.gradient.component(c);
    const double* m = preconditioner_.data();
    base::Complex* y = next.component(c);
    for (std::int64_t row = 0; row < rows; ++row, x += n, g += n, m += n, y += n) {
      modes.row(grid::spectral_row(state.box(), row), y);
      for (std::int64_t i = 0; i < n; ++i) {
        const double drift = h * m[i];
        const double noise = std::sqrt(noise_scale * m[i]);
        y[i] = base::Complex(x[i].real() - drift * g[i].real() + noise * y[i].real(),
                             x[i].imag() - drift * g[i].imag() + noise * y[i].imag());
      }
    }
  }
}

reduce::ExactSum Langevin::evaluate_proposal() {
  gradient_sum_.clear();
  const reduce::ExactSum energy = target_.evaluate(proposal_, &gradient_sum_);
  gradient_sum_.fourier();
  return energy;
}

void Langevin::accept(LangevinChain& chain, const reduce::ExactSum& energy) {
  std::swap(chain.x, proposal_);
  gradient_sum_.take_fourier(chain.gradient);
  chain.energy = energy;
}

reduce::ExactSum Langevin::log_proposal_ratio(LangevinChain& chain) {
  // With y - x = -h M gx + sqrt(2 h) M^(1/2) xi, the norms of forward and reverse noise differ by
  // 1/2 (gx + gy).(y - x) + h/4 (|gx|^2_M - |gy|^2_M): no division by M or h, no noise kept.
  const grid::SpectralField& state = chain.x.fourier();
  const base::Complex* x = state.data();
  const base::Complex* y = proposal_.fourier().data();
  const base::Complex* gx = chain.gradient.data();
  const base::Complex* gy = gradient_sum_.fourier().data();
  const double* m = preconditioner_.data();
  const std::int64_t n = state.row_length();
  const grid::Box box = state.box();
  const std::int64_t rows = state.rows();
  const std::int64_t rows_of_component = rows / state.components();
  const std::int64_t nx = domain_.lattice().n()[2];
  const double per_site = 1.0 / static_cast<double>(domain_.lattice().sites());
  const double quarter_h = 0.25 * chain.step_size;
  reduce::ExactSum sum = reduce::sum_of_rows(
      "proposal ratio", rows, KOKKOS_LAMBDA(const std::int64_t row) {
        const std::int64_t first = row * n;
        const std::int64_t first_m = (row % rows_of_component) * n;
        const double weight = reduce::mode_weight(box.lo[2] + row % box.extent(2), nx) * per_site;
        return weight * reduce::row_sum(n, [=](std::int64_t i) {
                 const base::Complex a = gx[first + i];
                 const base::Complex b = gy[first + i];
                 const double work = (a.real() + b.real()) * (y[first + i].real() - x[first + i].real()) +
                                     (a.imag() + b.imag()) * (y[first + i].imag() - x[first + i].imag());
                 const double norms =
                     (a.real() * a.real() + a.imag() * a.imag()) - (b.real() * b.real() + b.imag() * b.imag());
                 return 0.5 * work + quarter_h * m[first_m + i] * norms;
               });
      });
  sum.all_reduce(domain_.comm());
  return sum;
}

bool Langevin::is_divergent(double energy) const {
  return !std::isfinite(energy) || energy > 1e8 * std::max(1.0, target_.degrees_of_freedom());
}

namespace {

template <class Options>
deck::Schema<Options> with_common_options(deck::Schema<Options> schema) {
  schema
      .option("preconditioner", &Options::preconditioner,
              {.doc = "fourier: prior spectrum and noise level; none", .choices = {"fourier", "none"}})
      .option("start", &Options::start,
              {.doc = "first state: a draw from the prior, an exact draw (Gaussian posteriors), or zero",
               .choices = {"prior", "exact", "zero"}});
  return schema;
}

}  // namespace

deck::Schema<UlaOptions> Ula::schema() {
  auto schema = deck::Schema<Options>(
      "ula", "Unadjusted Langevin algorithm: no accept test, so a bias of order step_size remains.");
  schema.reference("Roberts & Tweedie 1996")
      .example("{type: ula, step_size: 0.02}")
      .option("step_size", &Options::step_size,
              {.unit = "1",
               .doc = "h, in units of the preconditioner; relative bias of a variance is about h/2",
               .above = 0.0});
  return with_common_options(std::move(schema));
}

Ula::Ula(const Options& options, const model::SamplerContext& context)
    : Langevin(context, options, options.step_size) {}

void Ula::step(model::Chain& base_chain) {
  auto& chain = static_cast<LangevinChain&>(base_chain);
  propose(chain);
  const reduce::ExactSum energy = evaluate_proposal();
  if (is_divergent(energy.value())) {
    throw base::NumericsError("ula diverged: the energy of chain " + std::to_string(chain.id) + " would be " +
                              std::to_string(energy.value()) + " after step " + std::to_string(chain.step + 1));
  }
  accept(chain, energy);
  chain.acceptance = 1.0;
  ++chain.step;
}

deck::Schema<MalaOptions> Mala::schema() {
  auto schema = deck::Schema<Options>("mala", "Metropolis-adjusted Langevin algorithm: exact for any step size.");
  schema.reference("Roberts & Rosenthal 1998")
      .example("{type: mala, step_size: 0.1}")
      .option("step_size", &Options::step_size,
              {.unit = "1",
               .doc = "h, in units of the preconditioner",
               .above = 0.0,
               .auto_doc = "adapted in warm-up to target_acceptance, then frozen"})
      .option("target_acceptance", &Options::target_acceptance,
              {.unit = "1", .doc = "mean acceptance that warm-up aims at", .above = 0.0, .below = 1.0});
  return with_common_options(std::move(schema));
}

namespace {
/// Optimal scaling for d independent normal components (Roberts & Rosenthal 1998): h = l^2 / 2 d^(-1/3), l = 1.65.
double scaled_step(double degrees_of_freedom) { return 1.36 / std::cbrt(std::max(1.0, degrees_of_freedom)); }
}  // namespace

Mala::Mala(const Options& options, const model::SamplerContext& context)
    : Langevin(context, options, options.step_size.value_or(scaled_step(context.target.degrees_of_freedom()))),
      fixed_step_size_(options.step_size),
      target_acceptance_(options.target_acceptance),
      initial_log_step_(std::log(scaled_step(context.target.degrees_of_freedom()))) {}

void Mala::step(model::Chain& base_chain) {
  auto& chain = static_cast<LangevinChain&>(base_chain);
  propose(chain);
  const reduce::ExactSum energy = evaluate_proposal();
  const double log_ratio = (chain.energy - energy + log_proposal_ratio(chain)).value();
  // A proposal without finite energy has probability zero.
  chain.acceptance = is_divergent(energy.value()) || std::isnan(log_ratio) ? 0.0 : std::min(1.0, std::exp(log_ratio));
  const double u = noise::uniform({.seed = seed_,
                                   .purpose = noise::Purpose::accept,
                                   .chain = static_cast<std::uint32_t>(chain.id),
                                   .step = static_cast<std::uint64_t>(chain.step)});
  if (u < chain.acceptance) accept(chain, energy);
  if (!fixed_step_size_ && chain.step < warmup_) adapt(chain);
  ++chain.step;
}

void Mala::adapt(LangevinChain& chain) const {
  // Constants of Hoffman & Gelman 2014.
  constexpr double gamma = 0.05;
  constexpr double t0 = 10.0;
  constexpr double kappa = 0.75;
  const double t = static_cast<double>(chain.step + 1);
  const double weight = 1.0 / (t + t0);
  chain.mean_error = (1.0 - weight) * chain.mean_error + weight * (target_acceptance_ - chain.acceptance);
  const double log_step = initial_log_step_ - std::sqrt(t) / gamma * chain.mean_error;
  const double forget = std::pow(t, -kappa);
  chain.mean_log_step = forget * log_step + (1.0 - forget) * chain.mean_log_step;
  chain.step_size = std::exp(chain.step + 1 == warmup_ ? chain.mean_log_step : log_step);
}

std::string Mala::status(const model::Chain& chain) const {
  return "step_size " + std::to_string(static_cast<const LangevinChain&>(chain).step_size);
}

}  // namespace scorefield::samplers
