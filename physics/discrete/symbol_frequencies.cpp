#include "physics/discrete/symbol_frequencies.hpp"

namespace scorefield::physics {

deck::Schema<NoOptions> SymbolFrequencies::schema() {
  return deck::Schema<Options>("symbol_frequencies",
                               "Fraction of cells with each symbol; of each site by itself where the lattice has one "
                               "axis (site, symbol).")
      .example("symbol_frequencies");
}

SymbolFrequencies::SymbolFrequencies(const Options& /*options*/, const model::ObservableContext& context)
    : domain_(&context.domain),
      symbols_(law_of(context, "symbol_frequencies").symbols()),
      places_(context.domain.lattice().axes().size() == 1 ? context.domain.lattice().sites() : 1) {}

void SymbolFrequencies::measure(model::Chain& chain, std::vector<double>& values) {
  // Symbols, whatever they stand for. A lattice of one axis lies on one rank whole.
  const grid::Field& x = chain.x.real();
  std::vector<std::int64_t> counts(static_cast<std::size_t>(size()), 0);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const std::int64_t place = places_ > 1 ? i : 0;
    ++counts[static_cast<std::size_t>(place * symbols_ + static_cast<std::int64_t>(x.data()[i]))];
  }
  domain_->comm().sum(counts.data(), static_cast<int>(counts.size()));
  const std::int64_t cells = domain_->lattice().sites() / places_;
  for (const std::int64_t count : counts) values.push_back(static_cast<double>(count) / static_cast<double>(cells));
}

std::vector<model::Observable::Bins> SymbolFrequencies::bins() const {
  Bins sites{"symbol_frequencies_site", {}, "1"};
  Bins symbols{"symbol_frequencies_symbol", {}, "1"};
  for (std::int64_t site = 0; site < places_; ++site) {
    for (std::int64_t symbol = 0; symbol < symbols_; ++symbol) {
      sites.values.push_back(static_cast<double>(site));
      symbols.values.push_back(static_cast<double>(symbol));
    }
  }
  if (places_ == 1) return {symbols};
  return {sites, symbols};
}

}  // namespace scorefield::physics
