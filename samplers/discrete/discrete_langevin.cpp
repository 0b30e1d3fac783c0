#include "samplers/discrete/discrete_langevin.hpp"

#include <algorithm>
#include <cmath>

namespace scorefield::samplers {

deck::Schema<DiscreteLangevinOptions> DiscreteLangevin::schema() {
  auto schema = deck::Schema<Options>("discrete_langevin",
                                      "Langevin-like proposals for all symbols of a block at once, with an accept test "
                                      "for each block: exact.");
  schema.reference("Zhang, Liu & Liu 2022")
      .example("{type: discrete_langevin, step_size: 1.0}")
      .option("step_size", &Options::step_size,
              {.unit = "1", .doc = "h: a cell that proposes another symbol pays 1 / (2 h)", .above = 0.0});
  return with_block_option(with_symbol_options(std::move(schema)));
}

void DiscreteLangevin::find_laws(const SymbolBlock& block) {
  const int q = energy().symbols();
  const auto cells = static_cast<std::size_t>(block.cells());
  norms_.resize(cells);
  laws_.resize(static_cast<std::size_t>(q) * cells);
  std::fill_n(laws_.begin(), cells, 0.0);
  for (int offset = 1; offset < q; ++offset) {
    for (std::size_t i = 0; i < cells; ++i) {
      proposed_[i] = static_cast<std::uint8_t>((block.symbol(static_cast<std::int64_t>(i)) + offset) % q);
    }
    double* log_weight = law(offset);
    block.changes(proposed_.data(), log_weight);
    for (std::size_t i = 0; i < cells; ++i) log_weight[i] = -0.5 * log_weight[i] - penalty_;
  }
  for (std::size_t i = 0; i < cells; ++i) {
    double most = 0.0;
    for (int offset = 1; offset < q; ++offset) most = std::max(most, law(offset)[i]);
    double sum = 0.0;
    for (int offset = 0; offset < q; ++offset) sum += std::exp(law(offset)[i] - most);
    norms_[i] = most + std::log(sum);
  }
}

std::int64_t DiscreteLangevin::update(SymbolBlock& block, const Draws& draws) {
  const int q = energy().symbols();
  const auto cells = static_cast<std::size_t>(block.cells());
  proposed_.resize(cells);
  old_.resize(cells);
  find_laws(block);
  double change = 0.0;     // of E
  double log_ratio = 0.0;  // of the proposals back and forth
  for (std::size_t i = 0; i < cells; ++i) {
    const auto cell = static_cast<std::int64_t>(i);
    old_[i] = block.symbol(cell);
    double left = noise::uniform(draws.proposals, static_cast<std::uint64_t>(block.site(cell)));
    int offset = 0;
    for (; offset + 1 < q; ++offset) {
      left -= std::exp(law(offset)[i] - norms_[i]);
      if (left < 0.0) break;
    }
    log_ratio -= law(offset)[i] - norms_[i];
    if (offset == 0) continue;
    const auto symbol = static_cast<std::uint8_t>((old_[i] + offset) % q);
    change += block.change(cell, symbol);  // with the cells before as proposed
    block.set(cell, symbol);
  }
  find_laws(block);
  for (std::size_t i = 0; i < cells; ++i) {
    const int back = (old_[i] - block.symbol(static_cast<std::int64_t>(i)) + q) % q;
    log_ratio += law(back)[i] - norms_[i];
  }
  const auto words = noise::philox(draws.accepts, static_cast<std::uint64_t>(block.site(0)));
  if (is_accepted(change - log_ratio, words[0], words[1])) return block.cells();
  for (std::size_t i = 0; i < cells; ++i) block.set(static_cast<std::int64_t>(i), old_[i]);
  return 0;
}

}  // namespace scorefield::samplers
