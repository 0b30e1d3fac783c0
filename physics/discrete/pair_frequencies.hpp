#pragma once
/// How often pairs of symbols stand together in sequences.

#include "physics/discrete/drawn_symbols.hpp"

namespace scorefield::physics {

struct PairFrequenciesOptions {
  std::optional<std::vector<std::int64_t>> sites;
};

/// The fraction of neighbouring sites (i, i + 1) with the symbols (a, b), as (a, b); or, of each given pair of sites,
/// whether it has them, as (pair, a, b). For lattices of one axis.
class PairFrequencies final : public model::Observable {
 public:
  using Options = PairFrequenciesOptions;
  static deck::Schema<Options> schema();
  PairFrequencies(const Options& options, const model::ObservableContext& context);
  /// Of four letters, as SymbolFrequencies::values.
  static std::int64_t values(const Options& options, const grid::Lattice& /*lattice*/) {
    return options.sites ? 8 * std::ssize(*options.sites) : 16;
  }

  [[nodiscard]] std::string name() const override { return "pair_frequencies"; }
  [[nodiscard]] std::int64_t size() const override { return groups_ * symbols_ * symbols_; }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  /// First and second symbol of each value, with given pairs also their sites.
  [[nodiscard]] std::vector<Bins> bins() const override;

 private:
  struct Pair {
    std::int64_t first, second;
  };
  const grid::Domain* domain_;
  std::int64_t symbols_;
  std::vector<Pair> pairs_;
  std::int64_t groups_;  // of pairs that are counted by themselves: all, or one for all
};

}  // namespace scorefield::physics
