#include "samplers/discrete/swendsen_wang.hpp"

#include <cmath>

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
                        "use it with 'ising', with 'binary_image' without diagonals, or with 'potts' without a field "
                        "and a coupling of 0 or more; or use "
                        "sampler.type 'heat_bath'");
}

}  // namespace

deck::Schema<SwendsenWangOptions> SwendsenWang::schema() {
  auto schema = deck::Schema<Options>("swendsen_wang", "Swendsen-Wang cluster updates of symbols: exact.");
  schema.reference("Swendsen & Wang 1987").example("swendsen_wang");
  return with_symbol_options(std::move(schema));
}

SwendsenWang::SwendsenWang(const Options& options, const model::SamplerContext& context)
    : SymbolSampler(context, options),
      bonds_(bonds_of(context.target)),
      clusters_(context.domain),
      has_ghost_(static_cast<std::size_t>(clusters_.size())),
      uniforms_(static_cast<std::size_t>(context.domain.lattice().n()[2])) {}

void SwendsenWang::bind(const SymbolChain& chain, int axis) {
  const grid::Index3& n = domain_.lattice().n();
  const grid::Box& box = chain.symbols.box();
  const double coupling = bonds_->coupling(axis);
  if (coupling == 0.0) return;
  const double probability = -std::expm1(-std::abs(coupling));
  const std::int64_t stride = chain.symbols.strides()[static_cast<std::size_t>(axis)];
  clusters_.join(axis, [&](std::int64_t z, std::int64_t y) {
    const std::int64_t global_row = grid::wrap(z + box.lo[0], n[0]) * n[1] + grid::wrap(y + box.lo[1], n[1]);
    noise::uniforms_of_row(stream(chain, noise::Purpose::cluster_bond, axis, streams), global_row, n[2],
                           uniforms_.data());
    return [=, this, row = chain.symbols.row(z, y)](std::int64_t x) {
      const std::uint8_t next = row[x + stride];
      const bool is_satisfied = next != grid::SymbolField::none && row[x] != grid::SymbolField::none &&
                                (coupling > 0.0 ? row[x] == next : row[x] != next);
      return is_satisfied && uniforms_[static_cast<std::size_t>(x)] < probability;
    };
  });
}

void SwendsenWang::bind_to_ghosts(const SymbolChain& chain) {
  const grid::Box& box = chain.symbols.box();
  const std::int64_t n = domain_.lattice().n()[2];
  for (std::int64_t z = 0; z < box.extent(0); ++z) {
    for (std::int64_t y = 0; y < box.extent(1); ++y) {
      const model::SymbolRow row = model::symbol_row(domain_, chain.symbols, z, y);
      noise::uniforms_of_row(stream(chain, noise::Purpose::cluster_bond, 3, streams), row.site / n, n,
                             uniforms_.data());
      for (std::int64_t x = 0; x < n; ++x) {
        const double pull = bonds_->pull(row, x);
        has_ghost_[static_cast<std::size_t>(row.local + x)] =
            pull > 0.0 && uniforms_[static_cast<std::size_t>(x)] < -std::expm1(-pull);
      }
    }
  }
}

void SwendsenWang::sweep(SymbolChain& chain) {
  clusters_.clear();
  for (int axis = 0; axis < 3; ++axis) bind(chain, axis);
  bind_to_ghosts(chain);
  clusters_.label([&](std::int64_t cell) { return has_ghost_[static_cast<std::size_t>(cell)]; });
  const auto q = static_cast<std::uint64_t>(energy().symbols());
  const noise::Stream coins = stream(chain, noise::Purpose::cluster_symbol, 0, 1);
  const std::int64_t n = domain_.lattice().n()[2];
  const double* label = clusters_.labels();
  const grid::Box& box = chain.symbols.box();
  for (std::int64_t z = 0; z < box.extent(0); ++z) {
    for (std::int64_t y = 0; y < box.extent(1); ++y) {
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
