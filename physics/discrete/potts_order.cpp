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
  const grid::Field& x = chain.x.real();
  std::vector<std::int64_t> counts(static_cast<std::size_t>(kinds_), 0);
  for (std::int64_t i = 0; i < x.size(); ++i) ++counts[static_cast<std::size_t>(x.data()[i])];
  domain_->comm().sum(counts.data(), kinds_);
  const auto q = static_cast<double>(kinds_);
  const auto most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  values.push_back((q * most / static_cast<double>(domain_->lattice().sites()) - 1.0) / (q - 1.0));
}

}  // namespace scorefield::physics
