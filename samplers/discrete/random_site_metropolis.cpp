#include "samplers/discrete/random_site_metropolis.hpp"

namespace scorefield::samplers {

deck::Schema<RandomSiteMetropolisOptions> RandomSiteMetropolis::schema() {
  auto schema = deck::Schema<Options>("random_site_metropolis",
                                      "Metropolis updates of symbols at random cells, block by block: exact.");
  schema.reference("Metropolis et al. 1953").example("random_site_metropolis");
  return with_block_option(with_symbol_options(std::move(schema)));
}

std::int64_t RandomSiteMetropolis::update(SymbolBlock& block, const Draws& draws) {
  const auto q = static_cast<std::uint64_t>(energy().symbols());
  std::int64_t accepted = 0;
  for (std::int64_t i = 0; i < block.cells(); ++i) {
    const auto words = draws.attempt(block, i);
    const std::int64_t cell = pick(words[0], block.cells());
    const std::uint8_t proposed = other_symbol(block.symbol(cell), words[1], q);
    if (!is_accepted(block.change(cell, proposed), words[2], words[3])) continue;
    block.set(cell, proposed);
    ++accepted;
  }
  return accepted;
}

}  // namespace scorefield::samplers
