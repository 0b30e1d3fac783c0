#include "model/pair_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"

namespace scorefield::model {

namespace {

/// Largest sum of terms at one site. Coupled sites are taken with their largest coupling.
double largest_sum(std::int64_t sites, std::int64_t q, const std::vector<double>& fields,
                   const std::vector<double>& couplings) {
  std::vector<double> sums(static_cast<std::size_t>(sites), 0.0);
  const double* h = fields.data();
  for (double& sum : sums) {
    for (std::int64_t a = 0; a < q; ++a) sum = std::max(sum, std::abs(*h++));
  }
  if (couplings.empty()) return *std::max_element(sums.begin(), sums.end());
  for (std::int64_t i = 0; i < sites; ++i) {
    for (std::int64_t j = i + 1; j < sites; ++j) {
      const double* first = couplings.data() + (i * sites + j) * q * q;
      double most = 0.0;
      for (const double* value = first; value < first + q * q; ++value) most = std::max(most, std::abs(*value));
      sums[static_cast<std::size_t>(i)] += most;
      sums[static_cast<std::size_t>(j)] += most;
    }
  }
  return *std::max_element(sums.begin(), sums.end());
}

}  // namespace

namespace {
/// Sums up to this are rounded to multiples of 2^-16 or finer.
constexpr double most_score = 16000.0;
}  // namespace

PairScores::PairScores(std::int64_t sites, int symbols, const std::vector<double>& fields,
                       const std::vector<double>& couplings)
    : sites_(sites), symbols_(symbols) {
  // Differences of two sums must fit into 32 bits, their rounding included.
  const double largest = largest_sum(sites, symbols, fields, couplings);
  if (!(largest < most_score)) {
    throw base::DeckError(
        fmt::format(
            "the scores of a sequence sum to {:.3g} at most: beside so large ones the others are lost to rounding",
            largest),
        fmt::format("keep scores and temperature so that sums stay below {:.0f}; a ban needs no more than 50",
                    most_score));
  }
  while (largest / unit_ + static_cast<double>(sites) >= 0x1p30) unit_ *= 2.0;
  const auto rounded = [&](double value) { return static_cast<std::int32_t>(std::lround(value / unit_)); };
  std::transform(fields.begin(), fields.end(), std::back_inserter(fields_), rounded);
  if (couplings.empty()) return;
  const std::int64_t q = symbols;
  const std::int64_t row = sites * q;
  couplings_.assign(static_cast<std::size_t>(row * row), 0);
  for (std::int64_t i = 0; i < sites; ++i) {
    for (std::int64_t j = i + 1; j < sites; ++j) {
      const double* value = couplings.data() + (i * sites + j) * q * q;
      for (std::int64_t a = 0; a < q; ++a) {
        for (std::int64_t b = 0; b < q; ++b, ++value) {
          const std::int64_t one = i * q + a;
          const std::int64_t other = j * q + b;
          couplings_[static_cast<std::size_t>(one * row + other)] = rounded(*value);
          couplings_[static_cast<std::size_t>(other * row + one)] = rounded(*value);
        }
      }
    }
  }
}

std::int64_t PairScores::score(const std::uint8_t* sequence) const {
  // Each pair is seen from both ends.
  std::int64_t of_sites = 0;
  std::int64_t of_pairs = 0;
  for (std::int64_t i = 0; i < sites_; ++i) {
    const std::int64_t own = fields_[static_cast<std::size_t>(i * symbols_ + sequence[i])];
    of_sites += own;
    of_pairs += score(sequence, i, sequence[i]) - own;
  }
  return of_sites + of_pairs / 2;
}

std::int64_t PairScores::score(const std::uint8_t* sequence, std::int64_t site, int symbol) const {
  std::int64_t sum = fields_[static_cast<std::size_t>(site * symbols_ + symbol)];
  if (!has_couplings()) return sum;
  const std::int32_t* with = couplings(site, symbol);
  for (std::int64_t j = 0; j < sites_; ++j) sum += with[j * symbols_ + sequence[j]];
  return sum;
}

KeptSums::KeptSums(const PairScores& scores)
    : scores_(&scores), sequence_(static_cast<std::size_t>(scores.sites()), 0), sums_(scores.fields()) {
  for (std::int64_t j = 0; scores.has_couplings() && j < scores.sites(); ++j) {
    const std::int32_t* row = scores.couplings(j, 0);
    for (std::size_t k = 0; k < sums_.size(); ++k) sums_[k] += row[k];
  }
}

void KeptSums::follow(const std::uint8_t* sequence) {
  for (std::size_t i = 0; i < sequence_.size(); ++i) {
    if (sequence_[i] != sequence[i]) set(static_cast<std::int64_t>(i), sequence[i]);
  }
}

void KeptSums::set(std::int64_t site, int symbol) {
  std::uint8_t& here = sequence_[static_cast<std::size_t>(site)];
  if (scores_->has_couplings()) {
    const std::int32_t* before = scores_->couplings(site, here);
    const std::int32_t* now = scores_->couplings(site, symbol);
    std::int32_t* sum = sums_.data();
    const std::size_t size = sums_.size();
    // Differences of two couplings fit as differences of sums do.
    for (std::size_t k = 0; k < size; ++k) sum[k] += now[k] - before[k];
  }
  here = static_cast<std::uint8_t>(symbol);
}

}  // namespace scorefield::model
