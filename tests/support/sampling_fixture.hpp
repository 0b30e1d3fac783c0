#pragma once
/// A deck's target and sampler on a communicator, for tests that drive them step by step.

#include <cmath>
#include <memory>
#include <string>

#include "app/commands.hpp"
#include "run/run_deck.hpp"

namespace scorefield::test {

struct Sampling {
  model::Components components;
  run::ResolvedDeck deck;
  std::unique_ptr<grid::Domain> domain;
  std::unique_ptr<model::Target> target;
  std::unique_ptr<model::Sampler> sampler;

  explicit Sampling(const std::string& yaml, const base::Comm& comm = base::Comm::self()) {
    app::register_all(components);
    deck = run::resolve_deck(yaml, "test.yaml", {}, components.catalogue);
    domain = std::make_unique<grid::Domain>(deck.options.lattice(), comm);
    const auto seed = static_cast<std::uint64_t>(deck.options.run.seed);
    const model::BuildContext context{.components = components, .domain = *domain, .seed = seed};
    target = components.targets.build(deck.options.target, context);
    const model::SamplerContext sampler_context{
        *domain, *target, seed, deck.options.run.warmup, &components, deck.options.run.thin};
    sampler = components.samplers.build(deck.options.sampler, sampler_context);
  }
  /// A started chain.
  std::unique_ptr<model::Chain> chain(std::int64_t id) {
    auto made = sampler->make_chain(id);
    sampler->start(*made);
    sampler->refresh(*made);
    return made;
  }
};

/// The replicas of one chain of a sampler that couples them, on one rank. `number` is that of the chain in its deck.
struct Replicas {
  Sampling s;
  std::vector<std::unique_ptr<model::Chain>> chains;
  model::Ensemble ensemble;

  explicit Replicas(const std::string& yaml, std::int64_t number = 0)
      : s(yaml), ensemble{s.domain->comm(), *s.domain, {}, 0, {}} {
    const std::int64_t count = s.components.replicas_of(s.deck.options.sampler, s.domain->lattice());
    ensemble.total = (number + 1) * count;
    ensemble.groups = {{0, 1, ensemble.total}};
    for (std::int64_t k = 0; k < count; ++k) {
      chains.push_back(s.chain(number * count + k));
      ensemble.chains.push_back(chains.back().get());
    }
  }
  void step() {
    for (auto& chain : chains) s.sampler->step(*chain);
    s.sampler->exchange(ensemble);
  }
  /// The i-th figure of the first replica.
  [[nodiscard]] std::vector<double> figure(std::size_t i) const {
    return s.sampler->figures(*chains.front()).at(i).values;
  }
};

/// N(0, 1) in each of 15 free modes: 4 x 4 sites of unit cell volume with a white spectrum (the mean is held at zero).
inline std::string white_deck(const std::string& sampler, const std::string& run = "{seed: 1}") {
  return "run: " + run +
         "\ndomain: {shape: [4, 4]}\ntarget: {type: gaussian_field, spectrum: {type: power_law, amplitude: 1.0, "
         "slope: 0.0}}\nsampler: " +
         sampler + "\n";
}

/// Sum of n terms of known mean and variance, as a z-score.
class ZScore {
 public:
  ZScore(double mean, double variance) : mean_(mean), variance_(variance) {}
  void add(double value) {
    sum_ += value - mean_;
    ++count_;
  }
  [[nodiscard]] double z() const { return sum_ / std::sqrt(variance_ * static_cast<double>(count_)); }

 private:
  double mean_, variance_;
  double sum_ = 0.0;
  std::int64_t count_ = 0;
};

/// Mean and error of independent values, as a z-score against the exact mean.
struct Average {
  double sum = 0.0, squares = 0.0;
  int count = 0;
  void add(double value) {
    sum += value;
    squares += value * value;
    ++count;
  }
  [[nodiscard]] double z(double exact) const {
    const double mean = sum / count;
    return (mean - exact) / std::sqrt((squares / count - mean * mean) / (count - 1));
  }
};

}  // namespace scorefield::test
