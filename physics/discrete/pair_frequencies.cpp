#include "physics/discrete/pair_frequencies.hpp"

#include "base/errors.hpp"

namespace scorefield::physics {

deck::Schema<PairFrequenciesOptions> PairFrequencies::schema() {
  return deck::Schema<Options>(
             "pair_frequencies",
             "Frequency of each pair of symbols at neighbouring sites of a sequence (symbol, symbol), "
             "or at given pairs of sites (pair, symbol, symbol).")
      .example("pair_frequencies")
      .option("sites", &Options::sites,
              {.doc = "two for each pair: [0, 5, 3, 17] are two pairs; the first site is 0",
               .min = 0,
               .auto_doc = "all neighbours, counted together",
               .min_size = 2})
      .check([](const Options& o, const auto& report) {
        if (o.sites && o.sites->size() % 2 != 0) report("sites", "has an odd number of sites: two make a pair");
      });
}

PairFrequencies::PairFrequencies(const Options& options, const model::ObservableContext& context)
    : domain_(&context.domain), symbols_(law_of(context, "pair_frequencies").symbols()), groups_(1) {
  const grid::Lattice& lattice = context.domain.lattice();
  const std::int64_t sites = lattice.sites();
  if (lattice.axes().size() != 1 || sites < 2) {
    throw base::DeckError("the observable pair_frequencies is for sequences, on lattices of one axis",
                          "leave it out of observables");
  }
  if (!options.sites) {
    for (std::int64_t i = 0; i + 1 < sites; ++i) pairs_.push_back({i, i + 1});
    return;
  }
  for (std::size_t k = 0; k + 1 < options.sites->size(); k += 2) {
    pairs_.push_back({(*options.sites)[k], (*options.sites)[k + 1]});
    const std::int64_t last = std::max(pairs_.back().first, pairs_.back().second);
    if (last < sites) continue;
    throw base::DeckError(
        "pair_frequencies.sites: there is no site " + std::to_string(last) + " among " + std::to_string(sites),
        "the first site is 0");
  }
  groups_ = std::ssize(pairs_);
}

void PairFrequencies::measure(model::Chain& chain, std::vector<double>& values) {
  const grid::Field& x = chain.x.real();
  std::vector<std::int64_t> counts(static_cast<std::size_t>(size()), 0);
  // The sequence lies on one rank whole.
  for (std::size_t k = 0; x.size() > 0 && k < pairs_.size(); ++k) {
    const std::int64_t group = groups_ > 1 ? static_cast<std::int64_t>(k) : 0;
    const auto a = static_cast<std::int64_t>(x.data()[pairs_[k].first]);
    const auto b = static_cast<std::int64_t>(x.data()[pairs_[k].second]);
    ++counts[static_cast<std::size_t>((group * symbols_ + a) * symbols_ + b)];
  }
  domain_->comm().sum(counts.data(), static_cast<int>(counts.size()));
  const std::int64_t pairs = std::ssize(pairs_) / groups_;
  for (const std::int64_t count : counts) values.push_back(static_cast<double>(count) / static_cast<double>(pairs));
}

std::vector<model::Observable::Bins> PairFrequencies::bins() const {
  Bins first{"pair_frequencies_first", {}, "1"};
  Bins second{"pair_frequencies_second", {}, "1"};
  Bins first_site{"pair_frequencies_first_site", {}, "1"};
  Bins second_site{"pair_frequencies_second_site", {}, "1"};
  for (std::int64_t i = 0; i < size(); ++i) {
    first.values.push_back(static_cast<double>(i / symbols_ % symbols_));
    second.values.push_back(static_cast<double>(i % symbols_));
    const Pair& pair = pairs_[static_cast<std::size_t>(i / symbols_ / symbols_)];
    first_site.values.push_back(static_cast<double>(pair.first));
    second_site.values.push_back(static_cast<double>(pair.second));
  }
  if (groups_ == 1 && pairs_.size() > 1) return {first, second};
  return {first, second, first_site, second_site};
}

}  // namespace scorefield::physics
