#include "tasks/common/landscape.hpp"

#include <cmath>

#include "base/errors.hpp"
#include "noise/normals.hpp"
#include "reduce/rows.hpp"

namespace scorefield::tasks {

namespace {

reduce::ExactSum finite(const reduce::ExactSum& energy, const char* what) {
  if (std::isfinite(energy.value())) return energy;
  throw base::NumericsError(std::string(what) + " is not finite",
                            "look for states outside of the target's domain (task.states) or for bad data");
}

}  // namespace

Landscape::Landscape(const model::TaskContext& context, const StateOptions& options)
    : context_(context),
      is_prior_(options.states == "prior"),
      gradient_(context.domain, "gradient", context.target.components()) {
  model::refuse_symbols(context.target, "this task", "sample the target instead, with sampler.type 'metropolis'");
}

model::DualField Landscape::make_state(const std::string& label) const {
  return {domain(), label, target().components()};
}

grid::Field Landscape::make_field(const std::string& label) const { return {domain(), label, target().components()}; }

void Landscape::draw(std::int64_t item, std::int64_t part, model::DualField& x) const {
  const noise::Stream stream{.seed = context_.seed,
                             .purpose = noise::Purpose::task_state,
                             .chain = static_cast<std::uint32_t>(item),
                             .step = static_cast<std::uint64_t>(part)};
  if (!is_prior_) return noise::fill_white(domain(), stream, x.set_real());
  target().draw_prior(stream, x);
  if (rms(x) == 0.0) {
    throw base::DeckError("task.states is 'prior', but this target has no prior to draw from: its draws are all zero",
                          "use 'states: white'");
  }
}

void Landscape::draw_direction(std::int64_t item, std::int64_t part, const grid::Field& direction) const {
  noise::fill_white(domain(),
                    {.seed = context_.seed,
                     .purpose = noise::Purpose::task_probe,
                     .chain = static_cast<std::uint32_t>(item),
                     .step = static_cast<std::uint64_t>(part)},
                    direction);
}

double Landscape::rms(model::DualField& x) const {
  const auto cells = static_cast<double>(domain().lattice().sites() * target().components());
  return std::sqrt(reduce::dot(domain(), x.real(), x.real()).value() / cells);
}

reduce::ExactSum Landscape::energy(model::DualField& x) const {
  return finite(target().evaluate(x, nullptr), "the energy of a state");
}

reduce::ExactSum Landscape::slope(model::DualField& x, const grid::Field& direction) {
  gradient_.clear();
  target().evaluate(x, &gradient_);
  return finite(reduce::dot(domain(), gradient_.real(), direction), "the score at a state");
}

void move(const grid::Field& from, double by, const grid::Field& along, const grid::Field& to) {
  const double* x = from.data();
  const double* d = along.data();
  double* y = to.data();
  Kokkos::parallel_for(
      "move", base::RowPolicy(0, to.size()), KOKKOS_LAMBDA(const std::int64_t i) { y[i] = x[i] + by * d[i]; });
}

}  // namespace scorefield::tasks
