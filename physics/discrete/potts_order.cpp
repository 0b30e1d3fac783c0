#include "physics/discrete/potts_order.hpp"

#include <algorithm>

namespace scorefield::physics {

deck::Schema<NoOptions> PottsOrder::schema() {
  return deck::Schema<Options>("potts_order",
                               "Order parameter of q symbols, (q f - 1) / (q - 1) with the fraction f of the most "
                               "frequent one; |m| for two symbols.")
      .reference("Wu 1982")
      .example("potts_order");
}

void PottsOrder::measure(model::Chain& chain, std::vector<double>& values) {
  const grid::SymbolField& symbols = symbols_.read(chain);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(symbols_.kinds()), 0);
  for (std::int64_t z = 0; z < symbols.box().extent(0); ++z) {
    for (std::int64_t y = 0; y < symbols.box().extent(1); ++y) {
      const std::uint8_t* row = symbols.row(z, y);
      for (std::int64_t x = 0; x < symbols.row_length(); ++x) ++counts[row[x]];
    }
  }
  symbols_.domain().comm().sum(counts.data(), symbols_.kinds());
  const auto q = static_cast<double>(symbols_.kinds());
  const auto most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  values.push_back((q * most / static_cast<double>(symbols_.domain().lattice().sites()) - 1.0) / (q - 1.0));
}

}  // namespace scorefield::physics
