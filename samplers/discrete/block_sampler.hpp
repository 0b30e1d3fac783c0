#pragma once
/// Samplers of symbols that move block by block.

#include <array>
#include <vector>

#include "noise/philox.hpp"
#include "samplers/discrete/symbol_block.hpp"
#include "samplers/discrete/symbol_sampler.hpp"
#include "samplers/langevin/block_tiling.hpp"

namespace scorefield::samplers {

struct BlockOptions : SymbolOptions {
  std::int64_t block = 8;
};

/// A step is a sweep over all cells: for each colour in turn, every block of it is updated given the rest, with moves
/// and accept tests of its own. No term touches two blocks of one colour (BlockTiling), so blocks of a colour are
/// independent given the rest, and the step keeps the target; the origin of the blocks is drawn anew for each sweep. An
/// open axis is cut at its ends: the block there comes in two pieces. Where terms reach everywhere the whole lattice,
/// which lies on one rank, is one block.
///
/// A rank works out each block that reaches into its rows, from symbols around them: the same on every rank that does,
/// as random numbers are keyed by block, and by cell or attempt in it. It waits for no sum over ranks.
class BlockSampler : public SymbolSampler {
 public:
  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;

  /// The parts of a sweep.
  [[nodiscard]] int colours() const { return tiling_.colours(); }
  void begin_sweep(const SymbolChain& chain);
  /// Collective.
  void move_colour(SymbolChain& chain, int colour);
  /// Block that a cell (in C order) belongs to in this sweep (the pieces at open ends count as one), and whether it
  /// moves with this colour.
  [[nodiscard]] std::int64_t block_of(std::int64_t cell) const { return tiling_.index(block_at(cell)); }
  [[nodiscard]] bool is_active(std::int64_t cell, int colour) const { return tiling_.colour(block_at(cell)) == colour; }

 protected:
  BlockSampler(const model::SamplerContext& context, const SymbolOptions& options, std::int64_t edge);
  template <class Options>
  static deck::Schema<Options> with_block_option(deck::Schema<Options> schema) {
    schema.option("block", &Options::block,
                  {.unit = "cells",
                   .doc = "least extent of a block along each axis; where terms reach everywhere all is one block",
                   .min = 1,
                   .max = 64});
    return schema;
  }

  /// Random numbers of one colour of a sweep.
  struct Draws {
    noise::Stream proposals, accepts;

    /// 128 bits for an attempt in a block, of as many attempts as it has cells: keyed by cell i, whichever it moves.
    [[nodiscard]] std::array<std::uint32_t, 4> attempt(const SymbolBlock& block, std::int64_t i) const {
      return noise::philox(proposals, static_cast<std::uint64_t>(block.site(i)));
    }
  };
  /// i of 0 .. count - 1 by a random word: each with probability 1 / count to 2^-32.
  [[nodiscard]] static std::int64_t pick(std::uint32_t word, std::int64_t count) {
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(word) * static_cast<std::uint64_t>(count)) >> 32);
  }
  /// Metropolis: true with probability min(1, exp(-change)); false where that is no number.
  [[nodiscard]] static bool is_accepted(double change, std::uint32_t high, std::uint32_t low);

  /// Moves a block given the rest and returns how many attempts were accepted, of as many as it has cells.
  virtual std::int64_t update(SymbolBlock& block, const Draws& draws) = 0;
  [[nodiscard]] const BlockTiling& tiling() const { return tiling_; }

 private:
  /// Cells of a block along an axis from the corner of this rank's box.
  struct Span {
    std::int64_t block, begin, size;
  };
  void sweep(SymbolChain& chain) override;
  [[nodiscard]] grid::Index3 block_at(std::int64_t cell) const;
  [[nodiscard]] std::vector<Span> spans(int axis) const;

  BlockTiling tiling_;
  int width_;  // symbols around the box that blocks need
  grid::Index3 origin_{0, 0, 0};
  SymbolBlock block_;
};

}  // namespace scorefield::samplers
