#pragma once
/// Motifs in sequences: one or two boxes with a spacer, wherever they are.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "deck/schema.hpp"
#include "physics/discrete/sequence_files.hpp"

namespace scorefield::physics {

struct MotifOptions {
  std::vector<std::string> boxes;
  std::vector<double> conservation;
  std::vector<std::int64_t> spacer = {0};
  std::optional<std::int64_t> offset;
  static deck::Schema<MotifOptions> schema();
};

/// E = -ln sum over placements of e^(score / T): the free energy of a protein that binds to any one of them (Berg & von
/// Hippel 1987; Bintu et al. 2005). A placement is an offset of the first box and a length of the spacer; its score is
/// the sum over the letters of the boxes of ln(f / b), f being `conservation` for the letter of the box and the rest in
/// equal parts for the others, b the background. With T = 1 and that background the law is a mixture: a placement,
/// uniformly, with its letters by f and all others by b.
class SpacedMotif {
 public:
  /// DeckError where boxes, alphabet and sequence do not fit.
  SpacedMotif(const MotifOptions& options, const Alphabet& alphabet, const std::vector<double>& background,
              double temperature, std::int64_t sites);

  [[nodiscard]] double energy(const std::uint8_t* sequence) const { return energy(sequence, -1, 0); }
  /// Were this symbol at this site.
  [[nodiscard]] double energy(const std::uint8_t* sequence, std::int64_t site, std::uint8_t symbol) const;

 private:
  struct Box {
    std::int64_t length = 0;
    std::vector<double> factors;  // (place, symbol): (f / b)^(1/T), over the largest of its place
  };
  /// Product of the factors of a box at each offset from `first` to `last`.
  [[nodiscard]] static std::vector<double> products(const Box& box, std::int64_t symbols, std::int64_t first,
                                                    std::int64_t last, const std::uint8_t* sequence, std::int64_t site,
                                                    std::uint8_t symbol);

  std::int64_t symbols_, sites_;
  std::vector<Box> boxes_;
  double largest_score_ = 0.0;               // over T
  std::int64_t first_ = 0, last_ = 0;        // offsets of the first box, with the shortest spacer
  std::int64_t shortest_ = 0, longest_ = 0;  // spacers
};

}  // namespace scorefield::physics
