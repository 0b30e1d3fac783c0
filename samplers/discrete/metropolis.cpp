#include "samplers/discrete/metropolis.hpp"

#include <algorithm>
#include <array>

#include "noise/words.hpp"

namespace scorefield::samplers {

deck::Schema<MetropolisOptions> Metropolis::schema() {
  auto schema = deck::Schema<Options>("metropolis", "Metropolis sweeps over symbols: exact.");
  schema.reference("Metropolis et al. 1953").example("metropolis");
  return with_symbol_options(std::move(schema));
}

std::int64_t Metropolis::update(const model::SymbolRow& row, std::uint8_t* cells, const noise::Stream& stream,
                                std::int64_t key) const {
  std::array<std::uint8_t, most_cells> proposed;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  std::array<double, most_cells> change;          // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<double, most_cells> most;            // NOLINT(cppcoreguidelines-pro-type-member-init)
  const auto q = static_cast<std::uint64_t>(energy().symbols());
  const auto at = [&](std::int64_t i) -> std::uint8_t& { return cells[row.cell(i)]; };
  if (q == 2) {
    for (std::int64_t i = 0; i < row.count; ++i) proposed[static_cast<std::size_t>(i)] = at(i) ^ 1;
  } else {
    std::array<std::uint32_t, most_cells> words;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    noise::Stream own = stream;
    own.purpose = noise::Purpose::symbol_proposal;
    noise::words_of_row(own, key, cells_of_call(), words.data());
    for (std::int64_t i = 0; i < row.count; ++i) {
      const std::uint64_t other = at(i) + 1 + ((words[static_cast<std::size_t>(i)] * (q - 1)) >> 32);
      proposed[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(other < q ? other : other - q);
    }
  }
  energy().changes(row, proposed.data(), change.data());
  noise::exponentials_of_row(stream, key, cells_of_call(), most.data());
  // Without branches, which would go wrong every other time.
  std::int64_t accepted = 0;
  for (std::int64_t i = 0; i < row.count; ++i) {
    const auto j = static_cast<std::size_t>(i);
    const int is_accepted = change[j] < most[j] ? 1 : 0;
    at(i) = static_cast<std::uint8_t>(at(i) ^ ((at(i) ^ proposed[j]) & -is_accepted));
    accepted += is_accepted;
  }
  return accepted;
}

deck::Schema<HeatBathOptions> HeatBath::schema() {
  auto schema = deck::Schema<Options>("heat_bath", "Heat-bath (Gibbs) sweeps over symbols: exact.");
  schema.reference("Geman & Geman 1984").example("heat_bath");
  return with_symbol_options(std::move(schema));
}

std::int64_t HeatBath::update(const model::SymbolRow& row, std::uint8_t* cells, const noise::Stream& stream,
                              std::int64_t key) const {
  std::array<std::uint8_t, most_cells> proposed;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  std::array<std::uint8_t, most_cells> best;      // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<double, most_cells> change;          // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<double, most_cells> gumbel;          // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<double, most_cells> least;           // NOLINT(cppcoreguidelines-pro-type-member-init)
  const int q = energy().symbols();
  for (int symbol = 0; symbol < q; ++symbol) {
    std::fill_n(proposed.begin(), row.count, static_cast<std::uint8_t>(symbol));
    energy().changes(row, proposed.data(), change.data());
    noise::gumbels_of_row(stream, key * q + symbol, cells_of_call(), gumbel.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(row.count); ++i) {
      const double value = change[i] - gumbel[i];
      const bool is_best = symbol == 0 || value < least[i];
      best[i] = is_best ? static_cast<std::uint8_t>(symbol) : best[i];
      least[i] = is_best ? value : least[i];
    }
  }
  std::int64_t changed = 0;
  for (std::int64_t i = 0; i < row.count; ++i) {
    std::uint8_t& cell = cells[row.cell(i)];
    changed += cell != best[static_cast<std::size_t>(i)] ? 1 : 0;
    cell = best[static_cast<std::size_t>(i)];
  }
  return changed;
}

}  // namespace scorefield::samplers
