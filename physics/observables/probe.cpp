#include "physics/observables/probe.hpp"

#include "base/errors.hpp"
#include "reduce/exact_sum.hpp"

namespace scorefield::physics {

deck::Schema<ProbeOptions> Probe::schema() {
  return deck::Schema<Options>("probe", "Values of the state in chosen cells.")
      .example("{type: probe, cells: [0, 1]}")
      .option(
          "cells", &Options::cells,
          {.doc = "index of each cell in C order: (z * ny + y) * nx + x", .required = true, .min = 0, .min_size = 1});
}

Probe::Probe(const Options& options, const model::ObservableContext& context)
    : domain_(&context.domain), unit_(context.target.unit()), cells_(options.cells) {
  const std::int64_t sites = domain_->lattice().sites();
  for (const std::int64_t cell : cells_) {
    if (cell >= sites) {
      throw base::DeckError("probe.cells: there is no cell " + std::to_string(cell) + " among " + std::to_string(sites),
                            "the first cell is 0");
    }
  }
}

void Probe::measure(model::Chain& chain, std::vector<double>& values) {
  const grid::Field& x = chain.field().real();
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), x.view());
  const grid::Box& box = x.box();
  const grid::Index3& n = domain_->lattice().n();
  std::vector<reduce::ExactSum> sums(cells_.size());
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::int64_t ix = cells_[i] % n[2];
    const std::int64_t iy = cells_[i] / n[2] % n[1];
    const std::int64_t iz = cells_[i] / n[2] / n[1];
    const bool is_mine = iz >= box.lo[0] && iz < box.hi[0] && iy >= box.lo[1] && iy < box.hi[1];
    if (!is_mine) continue;
    sums[i].add(host.data()[((iz - box.lo[0]) * box.extent(1) + iy - box.lo[1]) * n[2] + ix]);
  }
  reduce::ExactSum::all_reduce(domain_->comm(), sums);
  for (const auto& sum : sums) values.push_back(sum.value());
}

std::vector<model::Observable::Bins> Probe::bins() const {
  return {{"probe", std::vector<double>(cells_.begin(), cells_.end()), "cell"}};
}

}  // namespace scorefield::physics
