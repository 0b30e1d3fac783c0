#include "samplers/discrete/block_sampler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/errors.hpp"

namespace scorefield::samplers {

using grid::wrap;

namespace {

BlockTiling tiling_of(const grid::Lattice& lattice, std::int64_t edge, const model::SymbolEnergy& energy) {
  check_axes(lattice, energy);
  if (energy.reach() == model::SymbolEnergy::everywhere) return BlockTiling(lattice);
  try {
    return {lattice, edge, energy.reach(), energy.is_axis_only()};
  } catch (const std::invalid_argument& error) {
    throw base::DeckError(error.what(), fmt::format("give every axis of domain.shape at least {} cells (or 1), or use "
                                                    "sampler.type 'gibbs_with_gradients'",
                                                    2 * energy.reach()));
  }
}

int width_of(const BlockTiling& tiling, const model::SymbolEnergy& energy) {
  return static_cast<int>(std::max(tiling.largest(0), tiling.largest(1)) - 1) + energy.reach();
}

}  // namespace

BlockSampler::BlockSampler(const model::SamplerContext& context, const SymbolOptions& options, std::int64_t edge)
    : SymbolSampler(context, options),
      tiling_(tiling_of(context.domain.lattice(), edge, energy())),
      width_(width_of(tiling_, energy())),
      block_(context.domain, energy(), std::max(tiling_.largest(0), tiling_.largest(1))) {}

std::unique_ptr<model::Chain> BlockSampler::make_chain(std::int64_t id) {
  return std::make_unique<SymbolChain>(id, domain_, energy(), width_);
}

bool BlockSampler::is_accepted(double change, std::uint32_t high, std::uint32_t low) {
  const std::uint64_t word = (std::uint64_t{high} << 32 | low) >> 12;
  return change < -std::log((static_cast<double>(word) + 0.5) * 0x1p-52);
}

grid::Index3 BlockSampler::block_at(std::int64_t cell) const {
  const grid::Index3& n = domain_.lattice().n();
  const grid::Index3 index{cell / n[2] / n[1], cell / n[2] % n[1], cell % n[2]};
  grid::Index3 block{0, 0, 0};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    block[axis] = tiling_.containing(static_cast<int>(axis), wrap(index[axis] - origin_[axis], n[axis]));
  }
  return block;
}

void BlockSampler::begin_sweep(const SymbolChain& chain) {
  const grid::Index3& n = domain_.lattice().n();
  const noise::Stream own = stream(chain, noise::Purpose::block_origin, 0, 1);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const bool is_whole = tiling_.blocks(static_cast<int>(axis)) == 1;
    origin_[axis] = is_whole ? 0 : static_cast<std::int64_t>(noise::uniform(own, axis) * static_cast<double>(n[axis]));
  }
}

std::vector<BlockSampler::Span> BlockSampler::spans(int axis) const {
  const grid::Box& box = domain_.real_box();
  const std::int64_t n = domain_.lattice().n()[axis];
  std::vector<Span> found;
  const auto add = [&](std::int64_t block, std::int64_t first, std::int64_t size) {
    std::int64_t begin = first - box.lo[axis];
    if (begin < 0) begin += n;
    if (begin >= box.extent(axis)) begin -= n;  // it may reach in from before
    if (begin + size > 0) found.push_back({block, begin, size});
  };
  for (std::int64_t i = 0; i < tiling_.blocks(axis); ++i) {
    const std::int64_t first = wrap(origin_[static_cast<std::size_t>(axis)] + tiling_.first(axis, i), n);
    const std::int64_t size = tiling_.last(axis, i) - tiling_.first(axis, i);
    const bool is_cut = energy().is_open()[static_cast<std::size_t>(axis)] && first + size > n;
    add(i, first, is_cut ? n - first : size);
    if (is_cut) add(i, 0, first + size - n);
  }
  return found;
}

void BlockSampler::move_colour(SymbolChain& chain, int colour) {
  const Draws draws{.proposals = stream(chain, noise::Purpose::symbol_proposal, colour, colours()),
                    .accepts = stream(chain, noise::Purpose::symbol_accept, colour, colours())};
  if (!domain_.real_box().empty()) {
    const std::vector<Span> columns = spans(2);
    for (const Span& z : spans(0)) {
      for (const Span& y : spans(1)) {
        for (const Span& x : columns) {
          if (tiling_.colour({z.block, y.block, x.block}) != colour) continue;
          block_.load(chain.symbols, {z.begin, y.begin, x.begin}, {z.size, y.size, x.size});
          const std::int64_t accepted = update(block_, draws);
          block_.store(chain.symbols);
          if (z.begin >= 0 && y.begin >= 0) chain.accepted += accepted;  // it begins on this rank
        }
      }
    }
  }
  chain.symbols.exchange();
}

void BlockSampler::sweep(SymbolChain& chain) {
  begin_sweep(chain);
  for (int colour = 0; colour < colours(); ++colour) move_colour(chain, colour);
}

}  // namespace scorefield::samplers
