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

TraceTable::TraceTable(const Layout& layout, const std::vector<Record>& records, const Observables& observables,
                       const model::Sampler& sampler, bool diagnose)
    : world_(layout.world),
      is_group_root_(layout.domain.comm().is_root()),
      chains_(static_cast<std::size_t>(layout.chains)),
      replicas_(static_cast<std::size_t>(layout.replicas)),
      first_chain_(static_cast<std::size_t>(layout.first_chain)) {
  const base::Comm& world = world_;
  const bool is_root = world.is_root();
  for (std::size_t o = 0; o < observables.size(); ++o) {
    const auto size = static_cast<std::size_t>(observables[o]->size());
    const std::string& name = observables[o]->name();
    const std::size_t of_chain = records.front().traces[o].size();
    const std::size_t draws = of_chain / size;
    std::vector<double> all =
        gather(records, of_chain, [=](const Record& record) -> const std::vector<double>& { return record.traces[o]; });

    constexpr std::size_t kinds = 5;
    static constexpr const char* paths[kinds] = {"rhat", "ess_bulk", "ess_tail", "mcse_mean", "tau_int"};
    std::vector<double> figures(kinds * size, diagnose ? 0.0 : std::numeric_limits<double>::quiet_NaN());
    for (std::size_t bin = static_cast<std::size_t>(world.rank()); diagnose && bin < size;
         bin += static_cast<std::size_t>(world.size())) {
      const auto d = reduce::diagnose(
          {layout.chains, static_cast<std::int64_t>(draws), all.data() + bin, static_cast<std::int64_t>(size)});
      const double of_bin[kinds] = {d.rhat, d.ess_bulk, d.ess_tail, d.mcse_mean, d.tau_int};
      for (std::size_t kind = 0; kind < kinds; ++kind) figures[kind * size + bin] = of_bin[kind];
    }
    if (diagnose) share(world, figures);
    if (!is_root) all = {};

    const bool is_scalar = observables[o]->size() == 1 && observables[o]->bins().empty();
    io::Extents shape{chains_, draws};
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
  add_counts(records);
  add_figures(records, sampler);
}

template <class Values>
std::vector<double> TraceTable::gather(const std::vector<Record>& records, std::size_t size,
                                       const Values& values_of) const {
  std::vector<double> all(chains_ * size, 0.0);
  auto place = all.begin() + static_cast<std::ptrdiff_t>(first_chain_ * size);
  for (const Record& record : records) {
    if (!record.is_recorded || !is_group_root_) continue;
    const std::vector<double>& values = values_of(record);
    place = std::copy(values.begin(), values.end(), place);
  }
  if (size > 0) share(world_, all);
  return all;
}

void TraceTable::add_counts(const std::vector<Record>& records) {
  const auto add = [&](const char* name, const auto& of_chain) {
    std::vector<double> all =
        gather(records, 1, [&](const Record& record) { return std::vector<double>{of_chain(*record.chain)}; });
    arrays_.push_back({std::string("/diagnostics/") + name, {chains_}, "1", std::move(all)});
  };
  add("ebfmi", [](const model::Chain& c) { return c.bfmi.value(); });
  add("divergences", [](const model::Chain& c) { return static_cast<double>(c.divergences); });
  arrays_.push_back({"/diagnostics/gradients", {chains_}, "1", gradients(records)});
}

std::vector<double> TraceTable::gradients(const std::vector<Record>& records) const {
  std::vector<std::int64_t> sums(chains_, 0);
  for (const Record& record : records) {
    const model::Chain& chain = *record.chain;
    if (is_group_root_)
      sums[static_cast<std::size_t>(chain.id) / replicas_] += chain.gradients - chain.warmup_gradients;
  }
  world_.sum(sums.data(), static_cast<int>(sums.size()));
  return {sums.begin(), sums.end()};
}

void TraceTable::add_figures(const std::vector<Record>& records, const model::Sampler& sampler) {
  // Every rank has a chain, if not one that is recorded, and all chains have figures of the same names and sizes.
  const std::vector<model::Figure> kinds = sampler.figures(*records.front().chain);
  for (std::size_t f = 0; f < kinds.size(); ++f) {
    const std::size_t size = kinds[f].values.size();
    std::vector<double> all =
        gather(records, size, [&](const Record& record) { return sampler.figures(*record.chain)[f].values; });
    arrays_.push_back({"/sampler/" + kinds[f].name, {chains_, size}, kinds[f].unit, std::move(all)});
  }
}

void TraceTable::append_to(std::vector<io::Dataset>& datasets) const {
  for (const Array& array : arrays_) {
    io::Dataset dataset{.path = array.path, .shape = array.shape, .unit = array.unit};
    if (world_.is_root() && !array.values.empty()) {
      dataset.pieces.push_back({io::Extents(array.shape.size(), 0), array.shape, array.values.data()});
    }
    datasets.push_back(std::move(dataset));
  }
}

}  // namespace scorefield::run
