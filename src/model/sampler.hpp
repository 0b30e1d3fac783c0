#pragma once

#include <memory>
#include <string>

#include "model/chain.hpp"
#include "model/target.hpp"

namespace scorefield::model {

/// One Markov transition of a chain under a target.
///
/// A step is a pure function of the chain's visited state, its step number and the seed, so that a restarted chain goes
/// on with the same bits. Work space is shared by all chains of a rank.
class Sampler {
 public:
  virtual ~Sampler() = default;
  Sampler() = default;
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// A chain without a state yet.
  [[nodiscard]] virtual std::unique_ptr<Chain> make_chain(std::int64_t id) = 0;
  /// Collective over the chain's ranks: first state of a fresh chain.
  virtual void start(Chain& chain) = 0;
  /// Collective: recomputes what a chain caches beside its visited state, after start or load.
  virtual void refresh(Chain& chain) = 0;
  /// Collective: one step. Throws base::NumericsError before it changes the chain where numbers are not finite.
  virtual void step(Chain& chain) = 0;

  /// Collective: brings energy and acceptance up to date before they are recorded, where a step leaves that for later.
  virtual void settle(Chain& /*chain*/) {}

  /// True where the sampler tunes itself in the warm-up.
  [[nodiscard]] virtual bool is_adaptive() const { return false; }
  /// True where samples carry a bias of the step size (no accept test): reported as such.
  [[nodiscard]] virtual bool is_biased() const { return false; }
  /// Fields beside the samples, for example a posterior mean known in closed form.
  [[nodiscard]] virtual std::vector<NamedField> named_fields() { return {}; }
  /// One line for run.log about a chain, for example its step size.
  [[nodiscard]] virtual std::string status(const Chain& chain) const;
};

inline std::string Sampler::status(const Chain& /*chain*/) const { return {}; }

}  // namespace scorefield::model
