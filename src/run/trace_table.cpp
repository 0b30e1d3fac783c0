#include "run/trace_table.hpp"

#include <algorithm>
#include <limits>

#include "reduce/diagnostics.hpp"

namespace scorefield::run {

namespace {

/// Bits of values that exactly one rank has, on all ranks: an OR with zeros elsewhere changes none.
void share(const base::Comm& world, std::vector<double>& values) {
  constexpr std::size_t most = std::size_t{1} << 28;  // MPI counts are ints
  for (std::size_t first = 0; first < values.size(); first += most) {
    const auto count = static_cast<int>(std::min(most, values.size() - first));
    MPI_Allreduce(MPI_IN_PLACE, values.data() + first, count, MPI_UINT64_T, MPI_BOR, world.handle());
  }
}

}  // namespace

TraceTable::TraceTable(const base::Comm& world, bool is_group_root, const RunSection& run, std::int64_t first_chain,
                       const std::vector<Record>& records, const Observables& observables, bool diagnose)
    : is_root_(world.is_root()) {
  const auto chains = static_cast<std::size_t>(run.chains);
  for (std::size_t o = 0; o < observables.size(); ++o) {
    const auto size = static_cast<std::size_t>(observables[o]->size());
    const std::string& name = observables[o]->name();
    const std::size_t of_chain = records.front().traces[o].size();
    const std::size_t draws = of_chain / size;
    std::vector<double> all(chains * of_chain, 0.0);
    auto place = all.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(first_chain) * of_chain);
    for (const Record& record : records) {
      if (record.is_recorded && is_group_root) {
        place = std::copy(record.traces[o].begin(), record.traces[o].end(), place);
      }
    }
    if (draws > 0) share(world, all);

    constexpr std::size_t kinds = 5;
    static constexpr const char* paths[kinds] = {"rhat", "ess_bulk", "ess_tail", "mcse_mean", "tau_int"};
    std::vector<double> figures(kinds * size, diagnose ? 0.0 : std::numeric_limits<double>::quiet_NaN());
    for (std::size_t bin = static_cast<std::size_t>(world.rank()); diagnose && bin < size;
         bin += static_cast<std::size_t>(world.size())) {
      const auto d = reduce::diagnose(
          {run.chains, static_cast<std::int64_t>(draws), all.data() + bin, static_cast<std::int64_t>(size)});
      const double of_bin[kinds] = {d.rhat, d.ess_bulk, d.ess_tail, d.mcse_mean, d.tau_int};
      for (std::size_t kind = 0; kind < kinds; ++kind) figures[kind * size + bin] = of_bin[kind];
    }
    if (diagnose) share(world, figures);
    if (!is_root_) all = {};

    const bool is_scalar = observables[o]->size() == 1 && observables[o]->bins().empty();
    io::Extents shape{chains, draws};
    if (!is_scalar) shape.push_back(size);
    arrays_.push_back({"/trace/" + name, shape, observables[o]->unit(), std::move(all)});
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      const std::string unit = kind == 3 ? observables[o]->unit() : kind == 4 ? "draws" : "1";
      arrays_.push_back({std::string("/diagnostics/") + paths[kind] + "/" + name,
                         is_scalar ? io::Extents{} : io::Extents{size},
                         unit,
                         {figures.begin() + static_cast<std::ptrdiff_t>(kind * size),
                          figures.begin() + static_cast<std::ptrdiff_t>((kind + 1) * size)}});
    }
    if (std::vector<double> expected = observables[o]->expected(); !expected.empty()) {
      arrays_.push_back({"/expected/" + name, is_scalar ? io::Extents{} : io::Extents{size}, observables[o]->unit(),
                         std::move(expected)});
    }
    for (auto& bins : observables[o]->bins()) {
      arrays_.push_back({"/bins/" + bins.name, {bins.values.size()}, bins.unit, std::move(bins.values)});
    }
  }
  add_counts(world, is_group_root, chains, first_chain, records);
}

void TraceTable::add_counts(const base::Comm& world, bool is_group_root, std::size_t chains, std::int64_t first_chain,
                            const std::vector<Record>& records) {
  const auto add = [&](const char* name, const auto& of_chain) {
    std::vector<double> all(chains, 0.0);
    auto place = all.begin() + static_cast<std::ptrdiff_t>(first_chain);
    for (const Record& record : records) {
      if (record.is_recorded && is_group_root) *place++ = of_chain(*record.chain);
    }
    share(world, all);
    arrays_.push_back({std::string("/diagnostics/") + name, {chains}, "1", std::move(all)});
  };
  add("ebfmi", [](const model::Chain& c) { return c.bfmi.value(); });
  add("divergences", [](const model::Chain& c) { return static_cast<double>(c.divergences); });
  add("gradients", [](const model::Chain& c) { return static_cast<double>(c.gradients - c.warmup_gradients); });
}

void TraceTable::add_figures(const base::Comm& world, bool is_group_root, std::int64_t chains, std::int64_t first_chain,
                             const std::vector<Record>& records, const model::Sampler& sampler) {
  // Every rank has a chain, if not one that is recorded, and all chains have figures of the same names and sizes.
  const std::vector<model::Figure> kinds = sampler.figures(*records.front().chain);
  for (std::size_t f = 0; f < kinds.size(); ++f) {
    const std::size_t size = kinds[f].values.size();
    std::vector<double> all(static_cast<std::size_t>(chains) * size, 0.0);
    auto place = all.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(first_chain) * size);
    for (const Record& record : records) {
      if (!record.is_recorded || !is_group_root) continue;
      const std::vector<double> values = sampler.figures(*record.chain)[f].values;
      place = std::copy(values.begin(), values.end(), place);
    }
    share(world, all);
    if (!is_root_) all = {};
    arrays_.push_back(
        {"/sampler/" + kinds[f].name, {static_cast<std::uint64_t>(chains), size}, kinds[f].unit, std::move(all)});
  }
}

void TraceTable::append_to(std::vector<io::Dataset>& datasets) const {
  for (const Array& array : arrays_) {
    io::Dataset dataset{.path = array.path, .shape = array.shape, .unit = array.unit};
    if (is_root_ && !array.values.empty()) {
      dataset.pieces.push_back({io::Extents(array.shape.size(), 0), array.shape, array.values.data()});
    }
    datasets.push_back(std::move(dataset));
  }
}

}  // namespace scorefield::run
