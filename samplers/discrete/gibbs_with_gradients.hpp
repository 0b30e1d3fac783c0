#pragma once
/// Locally balanced moves over the whole lattice.

#include <vector>

#include "samplers/discrete/symbol_sampler.hpp"

namespace scorefield::samplers {

struct GibbsWithGradientsOptions : SymbolOptions {
  std::int64_t moves = 8;
};

/// One move picks a cell i of the whole lattice and another symbol s for it with probability exp(-d_i(s) / 2) / Z(x),
/// d_i(s) = E(cell i becomes s) - E, and takes them with probability min(1, Z(x) / Z(y)): a proposal that is locally
/// balanced by the square root (Zanella 2020), Gibbs-with-gradients (Grathwohl et al. 2021) but for the changes of
/// energy, which are exact here and there estimated by a gradient. A step is `moves` of them.
///
/// The pick is the largest of -d_i(s) / 2 plus a Gumbel variate, keyed by cell; Z is an exact sum over rows: the same
/// on any decomposition. After a move only cells within reach are worked out anew, but each move looks at all of them:
/// for rough laws and small lattices.
class GibbsWithGradients final : public SymbolSampler {
 public:
  using Options = GibbsWithGradientsOptions;
  static deck::Schema<Options> schema();
  /// Logarithms of the weights, which grow with the number of symbols (reckoned with four).
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint();
    common.shared.real_fields += 3.0;
    return common;
  }
  GibbsWithGradients(const Options& options, const model::SamplerContext& context);

 private:
  /// A cell by global index, and how far its new symbol is from its old one, modulo their number.
  struct Pick {
    std::int64_t site = -1;
    int offset = 0;
  };
  void sweep(SymbolChain& chain) override;
  [[nodiscard]] std::int64_t attempts() const override { return moves_; }
  /// Collective. Throws NumericsError where Z of the first state is not finite.
  void move(SymbolChain& chain, std::int64_t number);
  /// Collective. No cell where all weights are zero.
  [[nodiscard]] Pick pick(const noise::Stream& stream);
  /// Collective.
  void turn(SymbolChain& chain, const Pick& pick, int offset);
  void weigh_row(const SymbolChain& chain, std::int64_t z, std::int64_t y);
  void weigh_all(const SymbolChain& chain);
  /// Collective.
  [[nodiscard]] double norm() const;

  std::int64_t moves_;
  grid::Box box_;
  std::int64_t offsets_;             // q - 1
  std::vector<double> log_weights_;  // -d / 2 of own rows: (row, offset, x)
  std::vector<double> row_weights_;  // of each own row: sum of exp
  reduce::ExactSum own_norm_;        // of these
  std::vector<double> values_;       // of one row
  std::vector<std::uint8_t> proposed_;
};

}  // namespace scorefield::samplers
