#pragma once
/// What samplers of symbols share that sweep the lattice colour by colour.

#include <optional>
#include <string>

#include "model/components.hpp"
#include "model/symbol_rows.hpp"
#include "samplers/discrete/colouring.hpp"
#include "samplers/discrete/site_sweep.hpp"

namespace scorefield::samplers {

/// A chain of symbols; chain.x holds them as numbers when a draw is recorded or exchanged (Sampler::settle).
class SymbolChain : public model::Chain {
 public:
  /// Symbols up to `width` cells around the box are at hand: as far as terms reach, or further.
  SymbolChain(std::int64_t chain_id, const grid::Domain& domain, const model::SymbolEnergy& law,
              std::optional<int> width = {})
      : Chain(chain_id, domain, 1, model::Space::real), symbols(domain, width.value_or(law.reach()), law.is_open()) {
    if (const auto scored = law.pair_scores(); scored.scores != nullptr) sums = model::KeptSums(*scored.scores);
  }
  void visit_state(io::Archive& archive) override;

  grid::SymbolField symbols;
  model::KeptSums sums;       ///< where the energy has pair scores; a sweep brings them up to date
  std::int64_t accepted = 0;  ///< cells of this rank that changed in the last sweep, or attempts that did
};

struct SymbolOptions {
  std::string start = "prior";
};

/// One of the q - 1 symbols other than `old`, uniformly, by a random word.
inline std::uint8_t other_symbol(std::uint8_t old, std::uint64_t word, std::uint64_t q) {
  const std::uint64_t other = old + 1 + ((word * (q - 1)) >> 32);
  return static_cast<std::uint8_t>(other < q ? other : other - q);
}

/// Keeps chains of symbols; a step is a sweep() over all of them.
class SymbolSampler : public model::Sampler {
 public:
  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  void refresh(model::Chain& chain) override;
  void adopt(model::Chain& chain) override;
  void step(model::Chain& chain) final;
  void settle(model::Chain& chain) override;

 protected:
  SymbolSampler(const model::SamplerContext& context, const SymbolOptions& options);
  template <class Options>
  static deck::Schema<Options> with_symbol_options(deck::Schema<Options> schema) {
    schema.option(
        "start", &Options::start,
        {.doc = "first state: independent symbols (prior), or all symbols 0 (zero)", .choices = {"prior", "zero"}});
    return schema;
  }
  static model::ChainFootprint common_footprint() { return {.shared = {}, .chain = {.real_fields = 1.2}}; }

  /// Collective. Moves all symbols; counts those that changed in chain.accepted and leaves the surroundings of the box
  /// up to date.
  virtual void sweep(SymbolChain& chain) = 0;
  /// Attempts of all ranks in a sweep, of which chain.acceptance is the fraction accepted.
  [[nodiscard]] virtual std::int64_t attempts() const { return domain_.lattice().sites(); }
  [[nodiscard]] const model::SymbolEnergy& energy() const { return *energy_; }
  [[nodiscard]] noise::Stream stream(const SymbolChain& chain, noise::Purpose purpose, std::int64_t part,
                                     std::int64_t parts) const;

  const grid::Domain& domain_;
  model::Target& target_;

 private:
  const model::SymbolEnergy* energy_;
  std::uint64_t seed_;
  std::string start_;
};

/// A sweep moves all cells of a colour at once, given the rest, then those of the next. Cells of one colour are in no
/// common term, so each colour's update keeps the target, and so does the sweep. Random numbers are keyed by cell: the
/// same bits on any decomposition. Between colours ranks exchange the symbols around their boxes, and nothing else.
class ColouredSampler : public SymbolSampler {
 protected:
  ColouredSampler(const model::SamplerContext& context, const SymbolOptions& options);

  /// Cells that are updated with one call: their numbers stay in the first cache.
  static constexpr std::int64_t most_cells = model::cells_at_once;
  /// The same on this lattice: numbers that are drawn for one call.
  [[nodiscard]] std::int64_t cells_of_call() const { return cells_of_call_; }
  /// Updates the cells of `row`, at most most_cells of one colour, writing to `cells` (cell 0 of the row). Returns how
  /// many changed. `key` names these cells among all of the lattice in this colour.
  virtual std::int64_t update(const model::SymbolRow& row, std::uint8_t* cells, const noise::Stream& stream,
                              std::int64_t key) const = 0;
  /// The same for all sites of an energy whose terms reach everywhere, one after the other.
  virtual std::int64_t update_sites(SiteSweep& sites, SymbolChain& chain, const noise::Stream& stream) const = 0;

 private:
  void sweep(SymbolChain& chain) override;

  Colouring colouring_;
  std::int64_t cells_of_call_;
  std::optional<SiteSweep> sites_;  // where terms reach everywhere
};

}  // namespace scorefield::samplers
