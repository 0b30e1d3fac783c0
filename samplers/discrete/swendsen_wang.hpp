#pragma once
/// Cluster updates of symbols.

#include <vector>

#include "grid/clusters.hpp"
#include "model/cluster_bonds.hpp"
#include "samplers/discrete/symbol_sampler.hpp"

namespace scorefield::samplers {

struct SwendsenWangOptions : SymbolOptions {};

/// A sweep (Swendsen & Wang 1987) binds each satisfied pair of neighbours with probability 1 - exp(-|coupling|); the
/// clusters of bound cells take new symbols, each on its own. With two symbols a cluster is turned over or not by the
/// toss of a coin, which keeps pairs that favour unequal symbols satisfied too; with more it takes a uniform symbol. A
/// field binds cells whose symbol it favours to a ghost with probability 1 - exp(-pull), and clusters with a ghost
/// stay. Exact, on lattices of any extents.
///
/// Bonds are keyed by cell and axis, new symbols by the smallest cell of the cluster: the same bits on any
/// decomposition. Each rank joins its own cells; then labels go over the borders between ranks until none changes.
class SwendsenWang final : public SymbolSampler {
 public:
  using Options = SwendsenWangOptions;
  static deck::Schema<Options> schema();
  /// Labels, parents, what is bound over borders.
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint();
    common.shared.real_fields += 2.5;
    return common;
  }
  SwendsenWang(const Options& options, const model::SamplerContext& context);

 private:
  void sweep(SymbolChain& chain) override;
  void bind(const SymbolChain& chain, int axis);
  void bind_to_ghosts(const SymbolChain& chain);

  const model::ClusterBonds* bonds_;
  grid::Clusters clusters_;
  std::vector<bool> has_ghost_;   // of each own cell
  std::vector<double> uniforms_;  // of a row
};

}  // namespace scorefield::samplers
