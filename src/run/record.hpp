#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/observable.hpp"
#include "model/target.hpp"
#include "run/moments.hpp"

namespace scorefield::run {

using Observables = std::vector<std::unique_ptr<model::Observable>>;

/// A chain and all that was recorded of it: what a checkpoint holds.
struct Record {
  std::int64_t id = 0;
  bool is_recorded = true;  ///< false for the hot replicas of a chain
  std::unique_ptr<model::Chain> chain;
  Moments moments;
  std::vector<std::string> names;           ///< of the observables
  std::vector<std::vector<double>> traces;  ///< of each observable: draws * size() values

  /// Memory of the traces is set aside for `draws` draws.
  Record(std::unique_ptr<model::Chain> chain, bool is_recorded, const grid::Domain& domain,
         const Observables& observables, int components, std::int64_t draws);

  /// Records a draw: observables and moments, or NaN where it is not recorded. Collective over the chain's ranks.
  void add_draw(const Observables& observables, model::Target& target);
  void visit(io::Archive& archive);
};

}  // namespace scorefield::run
