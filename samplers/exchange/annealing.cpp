#include "samplers/exchange/annealing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace scorefield::samplers {

namespace {

struct AnnealingState final : model::Coupling {
  double lowest_energy = std::numeric_limits<double>::infinity();
  /// What the inner sampler knows as the energy, while the chain shows E.
  std::optional<reduce::ExactSum> hidden;
  void visit(io::Archive& archive) override { archive.scalar("lowest_energy", lowest_energy); }
};

AnnealingState& state_of(const model::Chain& chain) { return static_cast<AnnealingState&>(*chain.coupling); }

}  // namespace

deck::Schema<AnnealingOptions> Annealing::schema() {
  return deck::Schema<Options>(
             "annealing",
             "Simulated annealing: another sampler while the temperature falls, towards the states of "
             "lowest energy (maximum a posteriori). Not samples of the target.")
      .reference("Kirkpatrick, Gelatt & Vecchi 1983")
      .example("{type: annealing, sampler: metropolis, from: 4.0, to: 0.1}")
      .component("sampler", &Options::sampler, "sampler", {.doc = "what moves the state", .required = true})
      .option("from", &Options::from,
              {.unit = "1", .doc = "first temperature; 1 is that of the target", .above = 0.0, .max = 1e9})
      .option("to", &Options::to, {.unit = "1", .doc = "last temperature, then held", .above = 0.0, .max = 1e9})
      .option("steps", &Options::steps,
              {.doc = "steps from the first to the last temperature", .min = 1, .auto_doc = "run.warmup"})
      .option("schedule", &Options::schedule,
              {.doc = "temperatures in equal ratios or in equal differences", .choices = {"geometric", "linear"}})
      .check([](const Options& o, const auto& report) {
        for (const char* other : {"gaussian_exact", "parallel_tempering", "annealing"}) {
          if (o.sampler.type == other) {
            report("sampler", "cannot be " + o.sampler.type + ": it needs a sampler that walks an energy");
          }
        }
      });
}

Annealing::Annealing(const Options& options, const model::SamplerContext& context)
    : options_(options),
      steps_(options.steps.value_or(context.warmup)),
      cold_(context.target),
      target_(context.target) {
  const model::SamplerContext inner{context.domain, target_, context.seed, context.warmup, context.components};
  inner_ = context.all_components().samplers.build(options.sampler, inner);
}

double Annealing::temperature(std::int64_t step) const {
  if (step >= steps_) return options_.to;
  const double way = static_cast<double>(step) / static_cast<double>(steps_);
  if (options_.schedule == "linear") return options_.from + way * (options_.to - options_.from);
  return options_.from * std::exp(way * std::log(options_.to / options_.from));
}

void Annealing::heat(const model::Chain& chain) {
  target_.set_beta(1.0 / temperature(std::max<std::int64_t>(0, chain.step - 1)));
}

std::unique_ptr<model::Chain> Annealing::make_chain(std::int64_t id) {
  auto chain = inner_->make_chain(id);
  chain->coupling = std::make_unique<AnnealingState>();
  return chain;
}

void Annealing::start(model::Chain& chain) {
  heat(chain);
  inner_->start(chain);
}

void Annealing::refresh(model::Chain& chain) {
  heat(chain);
  state_of(chain).hidden.reset();
  inner_->refresh(chain);
}

void Annealing::adopt(model::Chain& chain) {
  heat(chain);
  state_of(chain).hidden.reset();
  inner_->adopt(chain);
}

void Annealing::step(model::Chain& chain) {
  AnnealingState& state = state_of(chain);
  if (state.hidden) chain.energy = *state.hidden;
  state.hidden.reset();
  const double now = temperature(chain.step);
  target_.set_beta(1.0 / now);
  // What the chain has cached is of the last temperature.
  if (chain.step > 0 && now != temperature(chain.step - 1)) inner_->refresh(chain);
  inner_->step(chain);
}

void Annealing::settle(model::Chain& chain) {
  AnnealingState& state = state_of(chain);
  if (state.hidden) return;
  heat(chain);
  inner_->settle(chain);
  state.hidden = chain.energy;
  chain.energy = cold_.evaluate(chain.x, nullptr);
  state.lowest_energy = std::min(state.lowest_energy, chain.energy.value());
}

std::vector<model::Figure> Annealing::figures(const model::Chain& chain) const {
  std::vector<model::Figure> figures = inner_->figures(chain);
  figures.push_back({"temperature", "1", {temperature(std::max<std::int64_t>(0, chain.step - 1))}});
  figures.push_back({"lowest_energy", "1", {state_of(chain).lowest_energy}});
  return figures;
}

std::string Annealing::status(const model::Chain& chain) const {
  const std::string inner = inner_->status(chain);
  return fmt::format("T {:.3g}{}{}", temperature(chain.step), inner.empty() ? "" : ", ", inner);
}

}  // namespace scorefield::samplers
