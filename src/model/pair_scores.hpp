#pragma once
/// Scores of sequences by site and by pair of sites, and the sums of them that walks keep.

#include <cstdint>
#include <vector>

namespace scorefield::model {

/// score(x) = sum_i h_i(x_i) + sum_{i<j} J_ij(x_i, x_j) of sequences of symbols 0 .. q-1, each term rounded once to a
/// whole number of units of 2^-24 (of the next powers of two where sums reach 64). Sums of whole numbers have no
/// rounding, so sums that were kept over a long walk have the bits of sums made anew, as after a restart.
class PairScores {
 public:
  PairScores() = default;
  /// `fields` is h (sites, q); `couplings` is J (sites, sites, q, q), of which i < j counts, or empty. All are finite.
  PairScores(std::int64_t sites, int symbols, const std::vector<double>& fields, const std::vector<double>& couplings);

  [[nodiscard]] std::int64_t sites() const { return sites_; }
  [[nodiscard]] int symbols() const { return symbols_; }
  [[nodiscard]] bool has_couplings() const { return !couplings_.empty(); }
  /// What one stands for: a power of two.
  [[nodiscard]] double unit() const { return unit_; }
  /// h (site, symbol).
  [[nodiscard]] const std::vector<std::int32_t>& fields() const { return fields_; }
  /// J of `symbol` at `site` with each symbol at each other site: (site, symbol), zero with itself.
  [[nodiscard]] const std::int32_t* couplings(std::int64_t site, int symbol) const {
    return couplings_.data() + (site * symbols_ + symbol) * sites_ * symbols_;
  }

  /// Of a whole sequence, in units.
  [[nodiscard]] std::int64_t score(const std::uint8_t* sequence) const;
  /// Of what depends on a site, were this symbol there; in units.
  [[nodiscard]] std::int64_t score(const std::uint8_t* sequence, std::int64_t site, int symbol) const;

 private:
  std::int64_t sites_ = 0;
  int symbols_ = 0;
  double unit_ = 0x1p-24;
  std::vector<std::int32_t> fields_, couplings_;
};

/// The scores of all symbols at all sites, given the rest of one sequence. A proposal reads two of them; a change adds
/// a row of J to all.
class KeptSums {
 public:
  KeptSums() = default;
  /// `scores` must outlive this.
  explicit KeptSums(const PairScores& scores);
  /// Brings them up to date with a sequence, by where it differs from the last one.
  void follow(const std::uint8_t* sequence);
  /// Puts a symbol at a site.
  void set(std::int64_t site, int symbol);
  /// PairScores::score of each symbol at this site.
  [[nodiscard]] const std::int32_t* at(std::int64_t site) const { return sums_.data() + site * scores_->symbols(); }

 private:
  const PairScores* scores_ = nullptr;
  std::vector<std::uint8_t> sequence_;  // that the sums are of
  std::vector<std::int32_t> sums_;      // (site, symbol)
};

}  // namespace scorefield::model
