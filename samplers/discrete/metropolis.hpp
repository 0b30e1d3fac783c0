#pragma once
/// Metropolis and heat-bath updates of symbols.

#include "samplers/discrete/symbol_sampler.hpp"

namespace scorefield::samplers {

struct MetropolisOptions : SymbolOptions {};

/// Each cell proposes another symbol, uniformly, and takes it with probability min(1, exp(-change of E)) (Metropolis et
/// al. 1953).
class Metropolis final : public ColouredSampler {
 public:
  using Options = MetropolisOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return common_footprint();
  }
  Metropolis(const Options& options, const model::SamplerContext& context) : ColouredSampler(context, options) {}

 private:
  std::int64_t update(const model::SymbolRow& row, std::uint8_t* cells, const noise::Stream& stream,
                      std::int64_t key) const override;
  std::int64_t update_sites(SiteSweep& sites, SymbolChain& chain, const noise::Stream& stream) const override {
    return sites.metropolis(chain.symbols, chain.sums, stream);
  }
};

struct HeatBathOptions : SymbolOptions {};

/// Each cell takes a symbol from its law given its neighbours, p(s) ~ exp(-E(s)), by inverting its
/// cumulative sums (Geman & Geman 1984).
class HeatBath final : public ColouredSampler {
 public:
  using Options = HeatBathOptions;
  static deck::Schema<Options> schema();
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return common_footprint();
  }
  HeatBath(const Options& options, const model::SamplerContext& context) : ColouredSampler(context, options) {}

 private:
  std::int64_t update(const model::SymbolRow& row, std::uint8_t* cells, const noise::Stream& stream,
                      std::int64_t key) const override;
  std::int64_t update_sites(SiteSweep& sites, SymbolChain& chain, const noise::Stream& stream) const override {
    return sites.heat_bath(chain.symbols, chain.sums, stream);
  }
};

}  // namespace scorefield::samplers
