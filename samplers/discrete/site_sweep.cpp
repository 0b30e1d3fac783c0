#include "samplers/discrete/site_sweep.hpp"

#include <algorithm>
#include <numeric>

#include "model/symbol_target.hpp"
#include "noise/words.hpp"
#include "samplers/discrete/symbol_sampler.hpp"

namespace scorefield::samplers {

namespace {

/// Changes of energy that are read from kept sums.
struct Kept {
  model::KeptSums& sums;
  double weight;  // of a unit

  [[nodiscard]] double change(std::int64_t site, std::uint8_t from, std::uint8_t to) const {
    const std::int32_t* score = sums.at(site);
    return weight * static_cast<double>(score[from] - score[to]);
  }
  /// To each of the symbols.
  void changes(std::int64_t site, std::uint8_t from, std::vector<double>& change) const {
    const std::int32_t* score = sums.at(site);
    for (std::size_t to = 0; to < change.size(); ++to) {
      change[to] = weight * static_cast<double>(score[from] - score[to]);
    }
  }
  void set(std::int64_t site, std::uint8_t symbol) { sums.set(site, symbol); }
};

/// Changes that the energy is asked for.
struct Asked {
  const model::SymbolEnergy& energy;
  model::SymbolRow row;
  const std::vector<std::uint8_t>& symbols;  // 0 .. q - 1

  [[nodiscard]] double change(std::int64_t site, std::uint8_t /*from*/, std::uint8_t to) {
    row.first = site;
    double change = 0.0;
    energy.changes(row, &to, &change);
    return change;
  }
  void changes(std::int64_t site, std::uint8_t /*from*/, std::vector<double>& change) {
    model::SymbolRow all = row;
    all.first = site;
    all.step = 0;
    all.count = std::ssize(change);
    energy.changes(all, symbols.data(), change.data());
  }
  void set(std::int64_t /*site*/, std::uint8_t /*symbol*/) {}
};

}  // namespace

SiteSweep::SiteSweep(const grid::Domain& domain, const model::SymbolEnergy& energy)
    : domain_(domain),
      energy_(energy),
      sites_(domain.lattice().n()[2]),
      symbols_(static_cast<std::size_t>(energy.symbols())) {
  std::iota(symbols_.begin(), symbols_.end(), std::uint8_t{0});
}

template <class Update>
std::int64_t SiteSweep::by_law(grid::SymbolField& symbols, model::KeptSums& sums, const Update& update) const {
  std::uint8_t* sequence = symbols.row(0, 0);
  if (const auto scored = energy_.pair_scores(); scored.scores != nullptr) {
    sums.follow(sequence);
    return update(Kept{sums, scored.weight * scored.scores->unit()}, sequence);
  }
  model::SymbolRow row = model::symbol_row(domain_, symbols, 0, 0);
  row.count = 1;
  return update(Asked{energy_, row, symbols_}, sequence);
}

template <class Law>
std::int64_t SiteSweep::metropolis_by(Law law, std::uint8_t* sequence) {
  std::int64_t accepted = 0;
  for (std::int64_t i = 0; i < sites_; ++i) {
    const auto j = static_cast<std::size_t>(i);
    const std::uint8_t proposed = other_symbol(sequence[i], words_[j], symbols_.size());
    if (!(law.change(i, sequence[i], proposed) < numbers_[j])) continue;
    law.set(i, proposed);
    sequence[i] = proposed;
    ++accepted;
  }
  return accepted;
}

std::int64_t SiteSweep::metropolis(grid::SymbolField& symbols, model::KeptSums& sums, const noise::Stream& accept) {
  if (symbols.box().empty()) return 0;
  words_.resize(static_cast<std::size_t>(sites_));
  numbers_.resize(words_.size());
  noise::Stream proposal = accept;
  proposal.purpose = noise::Purpose::symbol_proposal;
  noise::words_of_row(proposal, 0, sites_, words_.data());
  noise::exponentials_of_row(accept, 0, sites_, numbers_.data());
  return by_law(symbols, sums, [&](auto law, std::uint8_t* sequence) { return metropolis_by(law, sequence); });
}

template <class Law>
std::int64_t SiteSweep::heat_bath_by(Law law, std::uint8_t* sequence) {
  std::int64_t changed = 0;
  const double* gumbel = numbers_.data();
  std::vector<double> values(symbols_.size());
  for (std::int64_t i = 0; i < sites_; ++i, gumbel += symbols_.size()) {
    law.changes(i, sequence[i], values);
    for (std::size_t symbol = 0; symbol < values.size(); ++symbol) values[symbol] -= gumbel[symbol];
    const auto best = static_cast<std::uint8_t>(std::min_element(values.begin(), values.end()) - values.begin());
    if (best == sequence[i]) continue;
    law.set(i, best);
    sequence[i] = best;
    ++changed;
  }
  return changed;
}

std::int64_t SiteSweep::heat_bath(grid::SymbolField& symbols, model::KeptSums& sums, const noise::Stream& accept) {
  if (symbols.box().empty()) return 0;
  const std::int64_t count = sites_ * std::ssize(symbols_);
  numbers_.resize(static_cast<std::size_t>(count));
  noise::gumbels_of_row(accept, 0, count, numbers_.data());
  return by_law(symbols, sums, [&](auto law, std::uint8_t* sequence) { return heat_bath_by(law, sequence); });
}

}  // namespace scorefield::samplers
