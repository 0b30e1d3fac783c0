#pragma once
/// Exchanges of symbols at a fixed composition.

#include <optional>
#include <string>
#include <vector>

#include "samplers/discrete/block_sampler.hpp"

namespace scorefield::samplers {

struct KawasakiOptions : BlockOptions {
  std::string pairs = "neighbours";
  std::optional<std::vector<double>> composition;
};

/// In each block as many attempts as it has cells: a random cell exchanges symbols with another one of the block, with
/// probability min(1, exp(-change of E)) (Kawasaki 1966). The other is the next cell in a random direction (none where
/// that leaves the block: blocks move), or any. The number of each symbol never changes: what is sampled is the target
/// given these numbers, which are the same in all chains.
class Kawasaki final : public BlockSampler {
 public:
  using Options = KawasakiOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return common_footprint();
  }
  /// Throws DeckError where blocks along an axis hold one cell only, or the composition is none of this target.
  Kawasaki(const Options& options, const model::SamplerContext& context);
  void start(model::Chain& chain) override;

  /// Cells of each symbol.
  [[nodiscard]] const std::vector<std::int64_t>& counts() const { return counts_; }

 private:
  std::int64_t update(SymbolBlock& block, const Draws& draws) override;
  /// Cell that the one with these random words is to exchange with, or -1.
  [[nodiscard]] std::int64_t partner(const SymbolBlock& block, std::int64_t cell, std::uint32_t word) const;

  bool is_any_;
  std::vector<int> axes_;  // of more than one cell
  std::vector<std::int64_t> counts_;
};

}  // namespace scorefield::samplers
