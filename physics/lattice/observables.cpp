#include "physics/lattice/observables.hpp"

#include <cmath>
#include <numbers>

#include "reduce/rows.hpp"

namespace scorefield::physics {

namespace {

/// Average over all cells of term(phi), first component; the same on all ranks.
template <class Term>
double cell_average(const grid::Domain& domain, model::Chain& chain, const Term& term) {
  const grid::Field& x = chain.field().real();
  const double* values = x.data();
  const std::int64_t n = x.row_length();
  reduce::ExactSum sum = reduce::sum_of_rows(
      "cell average", x.rows() / x.components(), KOKKOS_LAMBDA(const std::int64_t row) {
        return reduce::row_sum(n, [=](std::int64_t i) { return term(values[row * n + i]); });
      });
  sum.all_reduce(domain.comm());
  return sum.value() / static_cast<double>(domain.lattice().sites());
}

double magnetisation(const grid::Domain& domain, model::Chain& chain) {
  return cell_average(
      domain, chain, KOKKOS_LAMBDA(double phi) { return phi; });
}

}  // namespace

deck::Schema<NoOptions> Magnetisation::schema() {
  return deck::Schema<Options>("magnetisation", "Average m of the field over all cells.").example("magnetisation");
}

void Magnetisation::measure(model::Chain& chain, std::vector<double>& values) {
  values.push_back(magnetisation(*domain_, chain));
}

deck::Schema<NoOptions> MagnetisationMoments::schema() {
  return deck::Schema<Options>("magnetisation_moments",
                               "|m|, m^2 and m^4 of the average m over all cells: their means give susceptibility and "
                               "Binder cumulant.")
      .reference("Binder 1981")
      .example("magnetisation_moments");
}

void MagnetisationMoments::measure(model::Chain& chain, std::vector<double>& values) {
  const double m = magnetisation(*domain_, chain);
  values.insert(values.end(), {std::abs(m), m * m, (m * m) * (m * m)});
}

deck::Schema<NoOptions> FieldMoments::schema() {
  return deck::Schema<Options>("field_moments", "Averages of phi^2 and phi^4 over all cells.").example("field_moments");
}

void FieldMoments::measure(model::Chain& chain, std::vector<double>& values) {
  values.push_back(cell_average(
      *domain_, chain, KOKKOS_LAMBDA(double phi) { return phi * phi; }));
  values.push_back(cell_average(
      *domain_, chain, KOKKOS_LAMBDA(double phi) { return (phi * phi) * (phi * phi); }));
}

deck::Schema<NoOptions> Correlation::schema() {
  return deck::Schema<Options>("correlation",
                               "Correlation of the averages over slices at distance t along the slowest axis, t = 0 .. "
                               "n/2; in 1-D the two-point function.")
      .reference("Montvay & Muenster 1994")
      .example("correlation");
}

Correlation::Correlation(const Options& /*options*/, const model::ObservableContext& context)
    : domain_(&context.domain), length_(context.domain.lattice().shape().front()) {
  for (std::int64_t i = 0; i < length_; ++i) {
    cosines_.push_back(std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length_)));
  }
}

std::vector<model::Observable::Bins> Correlation::bins() const {
  std::vector<double> distances;
  for (std::int64_t t = 0; t < size(); ++t) distances.push_back(static_cast<double>(t));
  return {{"correlation", std::move(distances), "cells"}};
}

void Correlation::measure(model::Chain& chain, std::vector<double>& values) {
  // C(t) = (1/N^2) sum_k |phi(k)|^2 cos(2 pi k t / n) over the modes along the slowest axis; whoever owns one adds it.
  const grid::SpectralField& modes = chain.field().fourier();
  const grid::Lattice& lattice = domain_->lattice();
  const grid::Box& box = modes.box();
  std::vector<reduce::ExactSum> power(static_cast<std::size_t>(length_));
  const auto norm = [](const base::Complex& a) { return reduce::ExactSum(a.real() * a.real() + a.imag() * a.imag()); };
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), modes.view());
  if (!box.empty() && box.lo[1] == 0) {
    if (lattice.dimensions() == 1) {
      for (std::int64_t kx = box.lo[2]; kx < box.hi[2]; ++kx) {
        power[static_cast<std::size_t>(kx)] = norm(host(0, 0, static_cast<std::size_t>(kx - box.lo[2]), 0));
        if (kx > 0) power[static_cast<std::size_t>(length_ - kx)] = power[static_cast<std::size_t>(kx)];
      }
    } else if (box.lo[2] == 0) {
      for (std::int64_t kz = 0; kz < length_; ++kz) {
        power[static_cast<std::size_t>(kz)] = norm(host(0, 0, 0, static_cast<std::size_t>(kz)));
      }
    }
  }
  reduce::ExactSum::all_reduce(domain_->comm(), power);
  std::vector<double> powers;
  powers.reserve(power.size());
  for (const auto& of_mode : power) powers.push_back(of_mode.value());
  const double scale = std::pow(static_cast<double>(lattice.sites()), -2);
  for (std::int64_t t = 0; t < size(); ++t) {
    double sum = 0.0;
    for (std::int64_t k = 0; k < length_; ++k) {
      sum += powers[static_cast<std::size_t>(k)] * cosines_[static_cast<std::size_t>(k * t % length_)];
    }
    values.push_back(scale * sum);
  }
}

deck::Schema<NoOptions> Virial::schema() {
  return deck::Schema<Options>("virial",
                               "x . dE/dx, whose mean is the number of degrees of freedom for any sampler without bias "
                               "(one evaluation of the gradient a draw).")
      .example("virial");
}

Virial::Virial(const Options& /*options*/, const model::ObservableContext& context)
    : domain_(&context.domain),
      target_(&context.target),
      gradient_(context.domain, "virial", context.target.components()) {
  model::refuse_symbols(context.target, "the observable virial", "leave it out of observables");
}

void Virial::measure(model::Chain& chain, std::vector<double>& values) {
  gradient_.clear();
  target_->evaluate(chain.x, &gradient_);
  values.push_back(reduce::dot(*domain_, chain.x.real(), gradient_.real()).value());
}

}  // namespace scorefield::physics
