#include "physics/discrete/energy_table.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"
#include "physics/discrete/sequence_files.hpp"

namespace scorefield::physics {

namespace {
constexpr std::int64_t most_states = std::int64_t{1} << 24;
}

deck::Schema<EnergyTableOptions> EnergyTable::schema() {
  return deck::Schema<Options>("energy_table",
                               "The energy of each state of a few symbols on one axis, for teaching and tests.")
      .reference("-")
      .example("{type: energy_table, symbols: 2, energies: [0.0, 1.0, 1.0, 0.5, 1.0, 0.5, 0.5, 2.0]}")
      .option("symbols", &Options::symbols, {.doc = "q", .min = 2, .max = 254})
      .option("energies", &Options::energies,
              {.doc = "E of each of the q^n states of n sites, in the order of a dictionary: 00, 01, 10, 11"})
      .option("file", &Options::file, {.doc = "HDF5 file of these numbers instead", .must_exist = true})
      .option("dataset", &Options::dataset, {.doc = "data set in it, of one dimension"})
      .check([](const Options& o, const auto& report) {
        if (o.energies.empty() == o.file.empty()) report("energies", "is needed, or file, and not both");
      });
}

EnergyTable::EnergyTable(const Options& options, const model::BuildContext& context)
    : SymbolTarget(context.domain),
      symbols_(options.symbols),
      sites_(context.domain.lattice().sites()),
      energies_(options.energies),
      place_(static_cast<std::size_t>(sites_)) {
  if (context.domain.lattice().axes().size() != 1) {
    throw base::DeckError("target energy_table is for a domain of one axis",
                          fmt::format("write domain.shape: [{}]", sites_));
  }
  std::int64_t states = 1;
  for (std::int64_t i = sites_; i-- > 0;) {
    place_[static_cast<std::size_t>(i)] = states;
    states *= symbols_;
    if (states <= most_states) continue;
    throw base::DeckError(fmt::format("{} symbols on {} sites have too many states for a table", symbols_, sites_),
                          "a table has at most 2^24 energies");
  }
  const base::Comm& comm = context.domain.comm();
  comm.together([&] {
    // The sequence lies on one rank, and its table with it.
    if (!options.file.empty() && !context.domain.real_box().empty())
      energies_ = read_scores(options.file.path(), options.dataset, {states});
  });
  if (!options.file.empty()) return;
  if (std::ssize(energies_) != states) {
    throw base::DeckError(fmt::format("target.energies has {} numbers, and {} sites of {} symbols have {} states",
                                      energies_.size(), sites_, symbols_, states),
                          "give one for each state; domain.shape says how many sites there are");
  }
}

std::int64_t EnergyTable::state(const std::uint8_t* row) const {
  std::int64_t number = 0;
  for (std::int64_t i = 0; i < sites_; ++i) number = number * symbols_ + row[i];
  return number;
}

void EnergyTable::changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const {
  const std::int64_t before = state(row.at);
  for (std::int64_t i = 0; i < row.count; ++i) {
    const std::int64_t site = row.cell(i);
    const std::int64_t now = before + (proposed[i] - row.at[site]) * place_[static_cast<std::size_t>(site)];
    change[i] = energies_[static_cast<std::size_t>(now)] - energies_[static_cast<std::size_t>(before)];
  }
}

double EnergyTable::energy(const model::SymbolRow& row) const {
  return energies_[static_cast<std::size_t>(state(row.at))];
}

}  // namespace scorefield::physics
