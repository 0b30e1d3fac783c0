#pragma once
/// Langevin-like proposals for symbols.

#include <vector>

#include "samplers/discrete/block_sampler.hpp"

namespace scorefield::samplers {

struct DiscreteLangevinOptions : SymbolOptions {
  double step_size = 1.0;
  std::int64_t block = 2;
};

/// All cells of a block propose at once, each on its own, by
///
///     q_i(s) ~ exp( -d_i(s) / 2 - [s != x_i] / (2 h) ),    d_i(s) = E(cell i becomes s) - E,
///
/// and the block takes the joint proposal y with probability min(1, exp(-(E(y) - E(x))) q(x | y) / q(y | x)): the
/// discrete Metropolis-adjusted Langevin proposal (Zhang, Liu & Liu 2022, eq. 4) with the exact changes of energy of
/// single cells in place of its gradient. Where cells do not tie each other and h is large nothing is rejected; the
/// more they do, the smaller h and blocks should be.
class DiscreteLangevin final : public BlockSampler {
 public:
  using Options = DiscreteLangevinOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return common_footprint();
  }
  DiscreteLangevin(const Options& options, const model::SamplerContext& context)
      : BlockSampler(context, options, options.block), penalty_(0.5 / options.step_size) {}

 private:
  std::int64_t update(SymbolBlock& block, const Draws& draws) override;
  /// log q_i(s) but for its norm of all cells of a block in their present state, by how far s is from the symbol at
  /// hand (modulo q), then the log norms.
  void find_laws(const SymbolBlock& block);
  [[nodiscard]] double* law(std::int64_t offset) {
    return laws_.data() + offset * static_cast<std::int64_t>(norms_.size());
  }

  double penalty_;
  std::vector<double> laws_, norms_;
  std::vector<std::uint8_t> old_, proposed_;
};

}  // namespace scorefield::samplers
