#include "physics/gaussian/lognormal_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

deck::Schema<LognormalFieldOptions> LognormalField::schema() {
  return deck::Schema<Options>("lognormal_field",
                               "Lognormal density contrast shift (exp(g - s^2/2) - 1) whose own power spectrum is the "
                               "one given (not exp(b delta) of a Gaussian field with it).")
      .reference("Coles & Jones 1991; Hilbert, Hartlap & Schneider 2011 (shift)")
      .example("{type: lognormal_field, spectrum: {type: matern, variance: 0.5, correlation_length: 3.0}}")
      .component("spectrum", &Options::spectrum, "spectrum",
                 {.doc = "power spectrum P(k) of the density contrast", .required = true})
      .option("shift", &Options::shift,
              {.unit = "unit",
               .doc = "the field is everywhere above -shift: 1 for a density contrast, about 0.01 for a convergence",
               .above = 0.0})
      .option("unit", &Options::unit, {.doc = "unit of the field, for files and axis labels"})
      .option("coordinates", &Options::coordinates,
              {.doc = "what samplers walk: the Gaussian field g, or the density contrast itself (a target that is not "
                      "Gaussian, for tests of samplers)",
               .choices = {"gaussian", "density"}});
}

LognormalField::LognormalField(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain),
      shift_(options.shift),
      unit_(options.unit),
      power_(power_of(context.components.spectra.build(options.spectrum, context))),
      mapped_(map(context.domain, power_, shift_)) {
  if (options.coordinates == "gaussian") {
    denoiser_.emplace(context.domain, mapped_.gaussian.variance());
    return;
  }
  if (mapped_.gaussian.degrees_of_freedom() < static_cast<double>(domain_->lattice().sites())) {
    throw base::DeckError(
        "lognormal_field has no density in the coordinates 'density': some modes of its Gaussian field are held at "
        "zero",
        "use 'coordinates: gaussian', or a spectrum with power at k = 0 and a short correlation length ('matern')");
  }
  density_ = Density{model::DualField(*domain_, "Gaussian field"), model::DualSum(*domain_, "slope")};
}

model::ChainFootprint LognormalField::footprint(const Options& /*options*/, const model::Components& /*components*/) {
  // Two fields in both spaces: g and its slope, or in a posterior the density and the gradient by it. Chains keep the
  // density of their last draw.
  return {.shared = StationaryGaussian::footprint() +
                    model::Footprint{.real_fields = 2.0, .spectral_fields = 2.0, .diagonal_fields = 2.0},
          .chain = {.real_fields = 1.0, .spectral_fields = 1.0}};
}

namespace {

/// A field without power at k = 0 whose logarithm has none either does not exist: the mean of delta varies, by the
/// variance m (in units of shift^2) that makes sum_x ln(1 + xi(x) + m) = 0, so that all other modes have the spectrum
/// asked for. By Newton's method, from below: the sum is concave in m.
double variance_of_mean(const grid::Domain& domain, const grid::Field& correlation) {
  double m = 0.0;
  const std::int64_t n = correlation.row_length();
  for (int iteration = 0; iteration < 60; ++iteration) {
    std::vector<reduce::ExactSum> sums(2);  // of the logarithms and their slopes
    for (std::int64_t row = 0; row < correlation.rows(); ++row) {
      const double* xi = correlation.data() + row * n;
      sums[0].add(reduce::row_sum(n, [=](std::int64_t i) { return std::log1p(xi[i] + m); }));
      sums[1].add(reduce::row_sum(n, [=](std::int64_t i) { return 1.0 / (1.0 + xi[i] + m); }));
    }
    reduce::ExactSum::all_reduce(domain.comm(), sums);
    const double step = -sums[0].value() / sums[1].value();
    if (!(step > 1e-16)) break;
    m += step;
  }
  return m;
}

}  // namespace

LognormalField::Mapped LognormalField::map(const grid::Domain& domain, const std::function<double(double)>& power,
                                           double shift) {
  const grid::Lattice& lattice = domain.lattice();
  const double cell_volume = lattice.cell_volume();
  const base::DiagonalView powers = power_of_modes(domain, power);
  grid::SpectralField modes(domain, "correlation");
  for (std::int64_t i = 0; i < modes.size(); ++i)
    modes.data()[i] = base::Complex(powers.data()[i] / (shift * shift * cell_volume), 0.0);
  grid::Field correlation(domain, "correlation");
  grid::backward(domain, modes, correlation);
  const double lowest = reduce::range(domain, correlation).min;
  if (!(lowest > -1.0)) {
    throw base::DeckError(
        fmt::format("no lognormal field has this spectrum: its correlation falls to {:.3g} shift^2, and must "
                    "stay above -shift^2",
                    lowest),
        "use a smaller amplitude, larger cells or a larger shift");
  }
  const bool has_mean = power(0.0) > 0.0;
  const double of_mean = has_mean ? 0.0 : variance_of_mean(domain, correlation);
  for (std::int64_t i = 0; i < correlation.size(); ++i)
    correlation.data()[i] = std::log1p(correlation.data()[i] + of_mean);
  grid::forward(domain, correlation, modes);

  const grid::Box& box = modes.box();
  const std::int64_t n = modes.row_length();
  reduce::ExactSum variance;
  reduce::ExactSum wanted_variance;
  reduce::ExactSum lost;
  for (std::int64_t row = 0; row < modes.rows(); ++row) {
    const double weight = reduce::mode_weight(grid::spectral_row(box, row).kx, lattice.n()[2]) / lattice.volume();
    for (std::int64_t i = row * n; i < (row + 1) * n; ++i) {
      const double own = modes.data()[i].real() * cell_volume;
      double& p = powers.data()[i];
      if (!has_mean && i == 0 && box.lo[1] == 0 && box.lo[2] == 0) continue;  // k = 0: stays without power
      wanted_variance.add(weight * p);
      if (p > 0.0 && !(own > 0.0)) lost.add(weight * lattice.volume());
      p = std::max(0.0, own);
      variance.add(weight * p);
    }
  }
  std::vector<reduce::ExactSum> sums{variance, wanted_variance, lost};
  reduce::ExactSum::all_reduce(domain.comm(), sums);
  Mapped mapped{StationaryGaussian(domain, powers), sums[0].value(), {}};
  if (of_mean > 0.0) {
    mapped.remarks.push_back(fmt::format(
        "lognormal_field: the spectrum has no power at k = 0, which no lognormal field can have; the mean of this one "
        "varies with a standard deviation of {:.2g}",
        shift * std::sqrt(of_mean)));
  }
  if (sums[2].value() > 0.0) {
    mapped.remarks.push_back(
        fmt::format("lognormal_field: {:.2g} % of the modes would need negative power in the Gaussian field and are "
                    "held at zero there; the variance of the density is {:.3g} times that of the spectrum",
                    100.0 * sums[2].value() / static_cast<double>(lattice.sites()),
                    shift * shift * std::expm1(mapped.variance) / sums[1].value()));
  }
  return mapped;
}

void LognormalField::physical(model::DualField& state, model::DualField& out) {
  if (density_) return Target::physical(state, out);
  write_density(state, out);
}

void LognormalField::write_density(model::DualField& state, model::DualField& out) {
  const grid::Field& g = state.real();
  const grid::Field& delta = out.set_real();
  const double half_variance = 0.5 * mapped_.variance;
  for (std::int64_t i = 0; i < g.size(); ++i) delta.data()[i] = shift_ * std::expm1(g.data()[i] - half_variance);
}

void LognormalField::add_pullback(model::DualField& /*state*/, model::DualField& field, model::DualSum& gradient,
                                  model::DualSum& out) {
  const double* delta = field.real().data();
  const double shift = shift_;
  const double* by_delta = gradient.real().data();
  const auto part = out.real_part();
  double* sum = part.field.data();
  const bool fresh = part.fresh;
  Kokkos::parallel_for(
      "lognormal pullback", base::RowPolicy(0, part.field.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        const double term = by_delta[i] * (shift + delta[i]);  // d delta / dg = shift + delta
        sum[i] = fresh ? term : sum[i] + term;
      });
}

void LognormalField::draw_prior(const noise::Stream& stream, model::DualField& x) {
  if (!density_) return mapped_.gaussian.draw(stream, x);
  mapped_.gaussian.draw(stream, density_->g);
  write_density(density_->g, x);
}

reduce::ExactSum LognormalField::evaluate(model::DualField& x, model::DualSum* gradient) {
  if (!density_) return mapped_.gaussian.evaluate(x, gradient);
  const grid::Field& delta = x.real();
  if (!(reduce::range(*domain_, delta).min > -shift_)) return reduce::ExactSum(std::numeric_limits<double>::infinity());
  const grid::Field& g = density_->g.set_real();
  const double half_variance = 0.5 * mapped_.variance;
  const std::int64_t n = delta.row_length();
  reduce::ExactSum log_jacobian;  // of g(delta), negative
  for (std::int64_t row = 0; row < delta.rows(); ++row) {
    double* line = g.data() + row * n;
    for (std::int64_t i = 0; i < n; ++i) line[i] = std::log1p(delta.data()[row * n + i] / shift_);
    log_jacobian.add(reduce::row_sum(n, [=](std::int64_t i) { return line[i]; }));
    for (std::int64_t i = 0; i < n; ++i) line[i] += half_variance;
  }
  log_jacobian.all_reduce(domain_->comm());
  density_->slope.clear();
  const reduce::ExactSum energy =
      mapped_.gaussian.evaluate(density_->g, gradient != nullptr ? &density_->slope : nullptr);
  if (gradient != nullptr) {
    const double* slope = density_->slope.real().data();
    const auto part = gradient->real_part();
    for (std::int64_t i = 0; i < delta.size(); ++i) {
      const double term = (slope[i] + 1.0) / (shift_ + delta.data()[i]);
      part.field.data()[i] = part.fresh ? term : part.field.data()[i] + term;
    }
  }
  return energy + log_jacobian;
}

}  // namespace scorefield::physics
