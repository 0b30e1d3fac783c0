#pragma once
/// Metropolis updates of spins that are packed, 64 to a word.

#include "grid/packed_spins.hpp"
#include "samplers/discrete/symbol_sampler.hpp"

namespace scorefield::samplers {

/// A chain of spins whose bits are the state; the bytes of SymbolChain follow when they are asked for.
class SpinChain final : public SymbolChain {
 public:
  SpinChain(std::int64_t chain_id, const grid::Domain& domain, const model::SymbolEnergy& law)
      : SymbolChain(chain_id, domain, law), spins(domain) {}
  void visit_state(io::Archive& archive) override;

  grid::PackedSpins spins;
};

struct MultispinMetropolisOptions : SymbolOptions {};

/// The checkerboard sweeps of `metropolis` in multispin coding (Jacobs & Rebbi 1981; Block, Virnau & Preis 2010): bits
/// of 64 spins at a time tell how many neighbours are equal, and so which of a few acceptance probabilities p holds for
/// each. A spin is turned over where a random number is below p. Both are compared bit by bit from the first on, for
/// all spins at once, until all are decided: about ten random bits a spin; p is right to 2^-32. For bonds along axes
/// and one field for all cells, on periodic lattices of even extents.
class MultispinMetropolis final : public SymbolSampler {
 public:
  using Options = MultispinMetropolisOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    model::ChainFootprint common = common_footprint();
    common.chain.real_fields += 0.02;
    return common;
  }
  MultispinMetropolis(const Options& options, const model::SamplerContext& context);

  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void refresh(model::Chain& chain) override;
  void adopt(model::Chain& chain) override;
  void settle(model::Chain& chain) override;

 private:
  void sweep(SymbolChain& chain) override;

  const model::ClusterBonds* bonds_;
};

}  // namespace scorefield::samplers
