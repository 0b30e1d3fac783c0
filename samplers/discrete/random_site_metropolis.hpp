#pragma once
/// Metropolis at random cells.

#include "samplers/discrete/block_sampler.hpp"

namespace scorefield::samplers {

struct RandomSiteMetropolisOptions : BlockOptions {};

/// In each block as many attempts as it has cells: a random cell of it, the same one perhaps more than once, proposes
/// another symbol, uniformly, and takes it with probability min(1, exp(-change of E)) (Metropolis et al. 1953). Each
/// attempt is reversible, unlike a sweep in a fixed order.
class RandomSiteMetropolis final : public BlockSampler {
 public:
  using Options = RandomSiteMetropolisOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return common_footprint();
  }
  RandomSiteMetropolis(const Options& options, const model::SamplerContext& context)
      : BlockSampler(context, options, options.block) {}

 private:
  std::int64_t update(SymbolBlock& block, const Draws& draws) override;
};

}  // namespace scorefield::samplers
