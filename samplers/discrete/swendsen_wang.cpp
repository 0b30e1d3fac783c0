#include "samplers/discrete/swendsen_wang.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.hpp"
#include "model/symbol_target.hpp"
#include "noise/philox.hpp"
#include "noise/words.hpp"

namespace scorefield::samplers {

namespace {

constexpr std::int64_t streams = 4;  // of bonds along three axes, and with the ghost

const model::ClusterBonds* bonds_of(const model::Target& target) {
  if (target.cluster_bonds() != nullptr) return target.cluster_bonds();
  throw base::DeckError("swendsen_wang needs pairs of neighbours that are satisfied or not",
                        "use it with 'ising', or with 'potts' without a field and a coupling of 0 or more; or use "
                        "sampler.type 'heat_bath'");
}

double uniform(std::uint32_t word) { return (static_cast<double>(word) + 0.5) * 0x1p-32; }

}  // namespace

deck::Schema<SwendsenWangOptions> SwendsenWang::schema() {
  auto schema = deck::Schema<Options>("swendsen_wang", "Swendsen-Wang cluster updates of symbols: exact.");
  schema.reference("Swendsen & Wang 1987").example("swendsen_wang");
  return with_symbol_options(std::move(schema));
}

SwendsenWang::SwendsenWang(const Options& options, const model::SamplerContext& context)
    : SymbolSampler(context, options),
      bonds_(bonds_of(context.target)),
      box_(context.domain.real_box()),
      ghosts_(context.domain, 1, 1),
      labels_(context.domain, "clusters"),
      parent_(static_cast<std::size_t>(box_.size())),
      has_ghost_(parent_.size()),
      words_(static_cast<std::size_t>(context.domain.lattice().n()[2])) {}

std::int64_t SwendsenWang::root(std::int64_t cell) {
  while (parent_[static_cast<std::size_t>(cell)] != cell) {
    std::int64_t& parent = parent_[static_cast<std::size_t>(cell)];
    parent = parent_[static_cast<std::size_t>(parent)];
    cell = parent;
  }
  return cell;
}

void SwendsenWang::join(std::int64_t a, std::int64_t b) {
  const std::int64_t first = root(a);
  const std::int64_t second = root(b);
  parent_[static_cast<std::size_t>(std::max(first, second))] = std::min(first, second);
}

void SwendsenWang::bind_row(const SymbolChain& chain, int axis, std::int64_t z, std::int64_t y) {
  const grid::Index3& n = domain_.lattice().n();
  const double coupling = bonds_->coupling(axis);
  const double probability = -std::expm1(-std::abs(coupling));
  const std::int64_t global_row = grid::wrap(z + box_.lo[0], n[0]) * n[1] + grid::wrap(y + box_.lo[1], n[1]);
  noise::words_of_row(stream(chain, noise::Purpose::cluster_bond, axis, streams), global_row, n[2], words_.data());
  const std::uint8_t* row = chain.symbols.row(z, y);
  const std::int64_t stride = chain.symbols.strides()[static_cast<std::size_t>(axis)];
  const auto is_own = [&](std::int64_t at_z, std::int64_t at_y) {
    return at_z >= 0 && at_z < box_.extent(0) && at_y >= 0 && at_y < box_.extent(1);
  };
  // Of an axis that lies on this rank whole, the end is next to the begin.
  const auto next_of = [&](std::int64_t index, int along) {
    const std::int64_t next = index + (along == axis ? 1 : 0);
    return box_.extent(along) == n[static_cast<std::size_t>(along)] ? next % box_.extent(along) : next;
  };
  const std::int64_t next_z = next_of(z, 0);
  const std::int64_t next_y = next_of(y, 1);
  for (std::int64_t x = 0; x < n[2]; ++x) {
    const std::uint8_t next = row[x + stride];
    const bool is_satisfied = next != grid::SymbolField::none && row[x] != grid::SymbolField::none &&
                              (coupling > 0.0 ? row[x] == next : row[x] != next);
    if (!is_satisfied || !(uniform(words_[static_cast<std::size_t>(x)]) < probability)) continue;
    const std::int64_t next_x = axis == 2 ? (x + 1) % n[2] : x;
    const std::int64_t cell = (z * box_.extent(1) + y) * n[2] + x;
    const std::int64_t next_cell = (next_z * box_.extent(1) + next_y) * n[2] + next_x;
    if (is_own(z, y) && is_own(next_z, next_y)) {
      join(cell, next_cell);
    } else if (is_own(z, y)) {
      links_.push_back({cell, next_z, next_y, next_x});
    } else {
      links_.push_back({next_cell, z, y, x});
    }
  }
}

void SwendsenWang::bind(const SymbolChain& chain, int axis) {
  const grid::Index3& n = domain_.lattice().n();
  if (n[static_cast<std::size_t>(axis)] == 1 || bonds_->coupling(axis) == 0.0) return;
  const auto begin = [&](int along) {
    return along == axis && along != 2 && box_.extent(along) < n[static_cast<std::size_t>(along)] ? -1 : 0;
  };
  for (std::int64_t z = begin(0); z < box_.extent(0); ++z) {
    for (std::int64_t y = begin(1); y < box_.extent(1); ++y) bind_row(chain, axis, z, y);
  }
}

void SwendsenWang::bind_to_ghosts(const SymbolChain& chain) {
  const std::int64_t n = domain_.lattice().n()[2];
  for (std::int64_t z = 0; z < box_.extent(0); ++z) {
    for (std::int64_t y = 0; y < box_.extent(1); ++y) {
      const model::SymbolRow row = model::symbol_row(domain_, chain.symbols, z, y);
      noise::words_of_row(stream(chain, noise::Purpose::cluster_bond, 3, streams), row.site / n, n, words_.data());
      for (std::int64_t x = 0; x < n; ++x) {
        const double pull = bonds_->pull(row, x);
        has_ghost_[static_cast<std::size_t>(row.local + x)] =
            pull > 0.0 && uniform(words_[static_cast<std::size_t>(x)]) < -std::expm1(-pull);
      }
    }
  }
}

void SwendsenWang::label() {
  const grid::Index3& n = domain_.lattice().n();
  double* labels = labels_.data();
  // Own cells in order are also in order of their global index: the root is the smallest.
  for (std::int64_t cell = 0; cell < labels_.size(); ++cell) {
    const std::int64_t row = cell / n[2];
    const std::int64_t ny = box_.extent(1);
    const std::int64_t global_row = (row / ny + box_.lo[0]) * n[1] + row % ny + box_.lo[1];
    labels[cell] = static_cast<double>(global_row * n[2] + cell % n[2]);
  }
  for (std::int64_t cell = 0; cell < labels_.size(); ++cell) {
    if (has_ghost_[static_cast<std::size_t>(cell)]) labels[root(cell)] = -1.0;
  }
  for (std::int64_t is_changed = 1; is_changed != 0;) {
    for (std::int64_t cell = 0; cell < labels_.size(); ++cell) labels[cell] = labels[root(cell)];
    const grid::GhostRows::Rows rows = ghosts_.exchange(labels_);
    is_changed = 0;
    for (const Link& link : links_) {
      double& own = labels[root(link.cell)];
      const double other = rows(0, link.z, link.y)[link.x];
      if (!(other < own)) continue;
      own = other;
      is_changed = 1;
    }
    is_changed = domain_.comm().max(is_changed);
  }
}

void SwendsenWang::sweep(SymbolChain& chain) {
  std::iota(parent_.begin(), parent_.end(), 0);
  links_.clear();
  for (int axis = 0; axis < 3; ++axis) bind(chain, axis);
  bind_to_ghosts(chain);
  label();
  const auto q = static_cast<std::uint64_t>(energy().symbols());
  const noise::Stream coins = stream(chain, noise::Purpose::cluster_symbol, 0, 1);
  const std::int64_t n = domain_.lattice().n()[2];
  const double* label = labels_.data();
  for (std::int64_t z = 0; z < box_.extent(0); ++z) {
    for (std::int64_t y = 0; y < box_.extent(1); ++y) {
      std::uint8_t* row = chain.symbols.row(z, y);
      for (std::int64_t x = 0; x < n; ++x, ++label) {
        if (*label < 0.0) continue;
        const std::uint64_t word = noise::philox(coins, static_cast<std::uint64_t>(*label))[0];
        const auto drawn = static_cast<std::uint8_t>((word * q) >> 32);
        const std::uint8_t now = q == 2 ? row[x] ^ drawn : drawn;
        chain.accepted += now != row[x] ? 1 : 0;
        row[x] = now;
      }
    }
  }
  chain.symbols.exchange();
}

}  // namespace scorefield::samplers
