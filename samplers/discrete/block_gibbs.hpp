#pragma once
/// Alternating Gibbs updates of hidden and visible units.

#include <vector>

#include "samplers/discrete/symbol_sampler.hpp"

namespace scorefield::samplers {

struct BlockGibbsOptions : SymbolOptions {};

/// A step draws all hidden units given the visible ones, then all visible units given these (Smolensky 1986; Hinton
/// 2002): no cell waits for another. The hidden units are drawn anew each time, so the visible ones alone are the
/// state. Reversible and exact. Random numbers are keyed by unit; the rank that has the row does the work.
class BlockGibbs final : public SymbolSampler {
 public:
  using Options = BlockGibbsOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return common_footprint();
  }
  /// DeckError where the target has no hidden units.
  BlockGibbs(const Options& options, const model::SamplerContext& context);

 private:
  void sweep(SymbolChain& chain) override;
  /// Sets each of `count` units to 1 with the probability of its logit; returns how many changed.
  std::int64_t draw(const noise::Stream& stream, std::int64_t count, std::uint8_t* units);

  const model::HiddenUnits* law_;
  std::vector<std::uint8_t> hidden_;
  std::vector<double> logits_, uniforms_;  // of the units that are drawn next
};

}  // namespace scorefield::samplers
