#pragma once
/// Sweeps over sequences whose symbols are all tied to each other.

#include <vector>

#include "grid/domain.hpp"
#include "model/symbol_energy.hpp"
#include "noise/stream.hpp"

namespace scorefield::samplers {

/// Updates the sites of a one-axis lattice one after the other, given all others: an exact sweep for an energy whose
/// terms reach everywhere. Where the energy has pair scores, changes are read from sums that are kept; otherwise it is
/// asked for each. Random numbers of a sweep are drawn at once, keyed by site. Functions return how many symbols
/// changed on this rank; `accept` is the stream of purpose symbol_accept.
class SiteSweep {
 public:
  SiteSweep(const grid::Domain& domain, const model::SymbolEnergy& energy);

  /// By the rule of `metropolis`.
  std::int64_t metropolis(grid::SymbolField& symbols, model::KeptSums& sums, const noise::Stream& accept);
  /// By the rule of `heat_bath`.
  std::int64_t heat_bath(grid::SymbolField& symbols, model::KeptSums& sums, const noise::Stream& accept);

 private:
  template <class Law>
  std::int64_t metropolis_by(Law law, std::uint8_t* sequence);
  template <class Law>
  std::int64_t heat_bath_by(Law law, std::uint8_t* sequence);
  template <class Update>
  std::int64_t by_law(grid::SymbolField& symbols, model::KeptSums& sums, const Update& update) const;

  const grid::Domain& domain_;
  const model::SymbolEnergy& energy_;
  std::int64_t sites_;
  std::vector<std::uint8_t> symbols_;  // 0 .. q - 1
  std::vector<std::uint32_t> words_;
  std::vector<double> numbers_;  // exponential or Gumbel variates
};

}  // namespace scorefield::samplers
