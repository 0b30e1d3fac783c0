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
    const model::SamplerContext sampler_context{*domain, *target, seed, deck.options.run.warmup, &components};
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
