#include "samplers/discrete/metropolis.hpp"

#include <algorithm>
#include <array>

#include "base/vector_math.hpp"
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
  std::array<std::uint8_t, most_cells> old;       // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<std::uint8_t, most_cells> is_taken;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const auto q = static_cast<std::uint64_t>(energy().symbols());
  const auto count = static_cast<std::size_t>(row.count);
  model::gather(row, cells, old.data());
  if (q == 2) {
    for (std::size_t i = 0; i < count; ++i) proposed[i] = old[i] ^ 1;
  } else {
    std::array<std::uint32_t, most_cells> words;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    noise::Stream own = stream;
    own.purpose = noise::Purpose::symbol_proposal;
    noise::words_of_row(own, key, cells_of_call(), words.data());
    for (std::size_t i = 0; i < count; ++i) proposed[i] = other_symbol(old[i], words[i], q);
  }
  energy().changes(row, proposed.data(), change.data());
  noise::accepts_of_row(stream, key, cells_of_call(), row.count, change.data(), is_taken.data());
  // Without branches, which would go wrong every other time.
  std::int32_t accepted = 0;
  for (std::size_t i = 0; i < count; ++i) accepted += is_taken[i];
  for (std::size_t i = 0; i < count; ++i) {
    const auto mask = static_cast<std::uint8_t>(-is_taken[i]);
    proposed[i] = static_cast<std::uint8_t>(old[i] ^ ((old[i] ^ proposed[i]) & mask));
  }
  model::scatter(row, proposed.data(), cells);
  return accepted;
}

deck::Schema<HeatBathOptions> HeatBath::schema() {
  auto schema = deck::Schema<Options>("heat_bath", "Heat-bath (Gibbs) sweeps over symbols: exact.");
  schema.reference("Geman & Geman 1984").example("heat_bath");
  return with_symbol_options(std::move(schema));
}

namespace {
/// exp(-change), with changes beyond 700 taken for 700: in equilibrium neither is ever seen.
inline double weight(double change) { return base::exp_minus(std::clamp(change, -700.0, 700.0)); }
}  // namespace

std::int64_t HeatBath::update(const model::SymbolRow& row, std::uint8_t* cells, const noise::Stream& stream,
                              std::int64_t key) const {
  std::array<double, most_cells> uniform;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  noise::uniforms_of_row(stream, key, cells_of_call(), uniform.data());
  const auto q = static_cast<std::size_t>(energy().symbols());
  // Sums of weights up to each symbol, cell after cell within a symbol: of as many cells as the cache holds.
  std::array<double, 2 * 8 * most_cells> sums;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<std::uint8_t, most_cells> symbol;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<std::uint8_t, most_cells> old;     // NOLINT(cppcoreguidelines-pro-type-member-init)
  const auto at_once = std::min<std::int64_t>(most_cells, std::ssize(sums) / static_cast<std::int64_t>(q));
  std::int64_t changed = 0;
  for (std::int64_t done = 0; done < row.count; done += at_once) {
    model::SymbolRow part = row;
    part.first = row.cell(done);
    part.count = std::min(at_once, row.count - done);
    const auto count = static_cast<std::size_t>(part.count);
    for (std::size_t s = 0; s < q; ++s) {
      std::fill_n(symbol.begin(), count, static_cast<std::uint8_t>(s));
      double* sum = sums.data() + s * count;
      energy().changes(part, symbol.data(), sum);
      for (std::size_t i = 0; i < count; ++i) sum[i] = weight(sum[i]);
      for (std::size_t i = 0; s > 0 && i < count; ++i) sum[i] += sum[i - count];
    }
    const double* u = uniform.data() + done;
    const double* total = sums.data() + (q - 1) * count;
    std::fill_n(symbol.begin(), count, std::uint8_t{0});
    for (std::size_t s = 0; s + 1 < q; ++s) {
      const double* sum = sums.data() + s * count;
      for (std::size_t i = 0; i < count; ++i)
        symbol[i] = static_cast<std::uint8_t>(symbol[i] + (sum[i] <= u[i] * total[i] ? 1 : 0));
    }
    model::gather(part, cells, old.data());
    std::int32_t different = 0;
    for (std::size_t i = 0; i < count; ++i) different += symbol[i] != old[i] ? 1 : 0;
    changed += different;
    model::scatter(part, symbol.data(), cells);
  }
  return changed;
}

}  // namespace scorefield::samplers
