#pragma once

#include <memory>
#include <string>

#include "model/chain.hpp"
#include "model/target.hpp"

namespace scorefield::model {

/// All chains of a run, of which this rank's group holds some: what samplers that couple chains are handed.
struct Ensemble {
  const base::Comm& world;
  const grid::Domain& domain;  ///< of this rank's group
  std::vector<Chain*> chains;  ///< of this group, by id
  std::int64_t total = 0;      ///< over all groups
  /// Ranks of the world [first_rank, first_rank + ranks) hold chains up to last_chain.
  struct Group {
    int first_rank = 0;
    int ranks = 0;
    std::int64_t last_chain = 0;
  };
  std::vector<Group> groups;  ///< in order
};

/// Numbers about a chain that a sampler reports: /sampler/<name> of samples.h5.
struct Figure {
  std::string name;
  std::string unit;
  std::vector<double> values;
};

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
  /// Collective: the same after the state was exchanged for another's as chain.x.
  virtual void adopt(Chain& chain) { refresh(chain); }
  /// Collective: one step. Throws base::NumericsError before it changes the chain where numbers are not finite.
  virtual void step(Chain& chain) = 0;

  /// Collective: brings energy and acceptance up to date before they are recorded, where a step leaves that for later.
  virtual void settle(Chain& /*chain*/) {}

  /// Collective over the world, after all chains have made a step: lets chains exchange states.
  virtual void exchange(const Ensemble& /*ensemble*/) {}
  /// As many values under the same names for every chain.
  [[nodiscard]] virtual std::vector<Figure> figures(const Chain& /*chain*/) const { return {}; }

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
