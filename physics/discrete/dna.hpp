#pragma once
/// Sequences of letters: DNA, proteins.

#include <optional>
#include <string>
#include <vector>

#include "model/components.hpp"
#include "model/symbol_target.hpp"
#include "physics/discrete/spaced_motif.hpp"

namespace scorefield::physics {

struct DnaOptions {
  std::string alphabet = "ACGT";
  double temperature = 1.0;
  std::optional<std::vector<double>> background;
  deck::FilePath weights, counts, sequences, couplings;
  double pseudocount = 1.0;
  std::string fields_dataset = "h";
  std::string couplings_dataset = "J";
  std::optional<MotifOptions> motif = std::nullopt;
};

/// Sequences s of L letters on a one-axis lattice that ends at both ends:
///
///   E = -sum_i ln[q b(s_i)] - (1/T) [ sum_i w_i(s_i) + sum_i h_i(s_i) + sum_{i<j} J_ij(s_i, s_j) ] + E_motif
///
/// with a background b, position weights w (Stormo 2000), a Potts model h, J as direct-coupling analysis infers (Morcos
/// et al. 2011; Ekeberg et al. 2013), and a motif with spacer (SpacedMotif). What a deck does not give is not there.
class Dna final : public model::SymbolTarget {
 public:
  using Options = DnaOptions;
  static deck::Schema<Options> schema();
  Dna(const Options& options, const model::BuildContext& context);

  [[nodiscard]] int symbols() const override { return static_cast<int>(alphabet_.size()); }
  [[nodiscard]] int reach() const override { return everywhere; }
  [[nodiscard]] bool is_axis_only() const override { return true; }
  [[nodiscard]] std::array<bool, 3> is_open() const override { return {false, false, true}; }
  void changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const override;
  [[nodiscard]] double energy(const model::SymbolRow& row) const override;
  /// Where there is no motif.
  [[nodiscard]] Scored pair_scores() const override;
  [[nodiscard]] std::string alphabet() const override { return alphabet_.letters(); }

 private:
  Alphabet alphabet_;
  model::PairScores scores_;  // but for the motif; with couplings only on the rank that has the sequence
  std::optional<SpacedMotif> motif_;
};

}  // namespace scorefield::physics
