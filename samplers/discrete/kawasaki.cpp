#include "samplers/discrete/kawasaki.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.hpp"
#include "model/symbol_target.hpp"

namespace scorefield::samplers {

deck::Schema<KawasakiOptions> Kawasaki::schema() {
  auto schema = deck::Schema<Options>("kawasaki",
                                      "Exchanges of symbols between cells, at a fixed number of each symbol: samples "
                                      "the target at that composition.");
  schema.reference("Kawasaki 1966")
      .example("{type: kawasaki, composition: [0.7, 0.3]}")
      .option("pairs", &Options::pairs,
              {.doc = "cells that exchange symbols: next to each other along an axis, or any two of a block",
               .choices = {"neighbours", "any"}})
      .option("composition", &Options::composition,
              {.unit = "1",
               .doc = "fraction of cells with each symbol, rounded to whole cells; they begin in random places",
               .auto_doc = "as many cells of each symbol"});
  return with_block_option(std::move(schema));
}

namespace {

/// Whole numbers that sum to `cells`, as near the fractions as can be: the largest remainders are rounded up.
std::vector<std::int64_t> counts_of(const std::optional<std::vector<double>>& composition, int symbols,
                                    std::int64_t cells) {
  const std::vector<double> fractions =
      composition.value_or(std::vector<double>(static_cast<std::size_t>(symbols), 1.0 / symbols));
  if (fractions.size() != static_cast<std::size_t>(symbols)) {
    throw base::DeckError(fmt::format("sampler.composition has {} numbers for {} symbols", fractions.size(), symbols),
                          "give the fraction of cells for each symbol");
  }
  const double total = std::accumulate(fractions.begin(), fractions.end(), 0.0);
  if (!(std::abs(total - 1.0) < 1e-6) ||
      std::any_of(fractions.begin(), fractions.end(), [](double f) { return f < 0.0; })) {
    throw base::DeckError(fmt::format("sampler.composition sums to {}", total),
                          "give fractions of 0 or more that sum to 1");
  }
  const auto wanted = [&](std::size_t i) { return fractions[i] / total * static_cast<double>(cells); };
  std::vector<std::int64_t> counts;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < fractions.size(); ++i) {
    order.push_back(i);
    counts.push_back(static_cast<std::int64_t>(wanted(i)));
  }
  const auto remainder = [&](std::size_t i) { return wanted(i) - static_cast<double>(counts[i]); };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainder(a) > remainder(b); });
  const std::int64_t missing = cells - std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  for (std::int64_t i = 0; i < missing; ++i) ++counts[order[static_cast<std::size_t>(i) % order.size()]];
  return counts;
}

/// A random permutation of 0 .. count - 1, of which each rank works out the places that it needs: rounds of a Feistel
/// network on an even number of bits, repeated until the result is below `count`.
class Permutation {
 public:
  Permutation(const noise::Stream& stream, std::int64_t count)
      : stream_(stream), count_(static_cast<std::uint64_t>(count)) {
    while ((std::uint64_t{1} << (2 * half_)) < count_) ++half_;
  }
  [[nodiscard]] std::int64_t operator()(std::int64_t i) const {
    auto at = static_cast<std::uint64_t>(i);
    do {
      at = shuffled(at);
    } while (at >= count_);
    return static_cast<std::int64_t>(at);
  }

 private:
  [[nodiscard]] std::uint64_t shuffled(std::uint64_t at) const {
    const std::uint64_t mask = (std::uint64_t{1} << half_) - 1;
    std::uint64_t left = at >> half_;
    std::uint64_t right = at & mask;
    for (std::uint64_t round = 0; round < 8; ++round) {
      noise::Stream own = stream_;
      own.step = round;
      const std::uint64_t mixed = left ^ (noise::philox(own, right)[0] & mask);
      left = right;
      right = mixed;
    }
    return left << half_ | right;
  }

  noise::Stream stream_;
  std::uint64_t count_;
  std::uint64_t half_ = 1;
};

}  // namespace

Kawasaki::Kawasaki(const Options& options, const model::SamplerContext& context)
    : BlockSampler(context, options, std::max<std::int64_t>(2, options.block)),
      is_any_(options.pairs == "any"),
      counts_(counts_of(options.composition, energy().symbols(), context.domain.lattice().sites())) {
  for (int axis = 0; axis < 3; ++axis) {
    const std::int64_t n = context.domain.lattice().n()[static_cast<std::size_t>(axis)];
    if (n == 1) continue;
    axes_.push_back(axis);
    if (tiling().largest(axis) > 1) continue;
    throw base::DeckError(
        fmt::format("kawasaki exchanges symbols within blocks: on an axis of {} cells they hold one", n),
        "give every axis of domain.shape at least 3 cells (or 1)");
  }
}

void Kawasaki::start(model::Chain& base_chain) {
  auto& chain = static_cast<SymbolChain&>(base_chain);
  const grid::Field& x = chain.x.set_real();
  const grid::Box& box = x.box();
  const grid::Index3& n = domain_.lattice().n();
  const Permutation place(stream(chain, noise::Purpose::start, 0, 1), domain_.lattice().sites());
  std::vector<std::int64_t> ends(counts_.size());
  std::partial_sum(counts_.begin(), counts_.end(), ends.begin());
  double* value = x.data();
  for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z) {
    for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y) {
      for (std::int64_t i = 0; i < n[2]; ++i) {
        const std::int64_t at = place((z * n[1] + y) * n[2] + i);
        *value++ = static_cast<double>(std::upper_bound(ends.begin(), ends.end(), at) - ends.begin());
      }
    }
  }
  model::read_symbols(x, chain.symbols);
}

std::int64_t Kawasaki::partner(const SymbolBlock& block, std::int64_t cell, std::uint32_t word) const {
  if (is_any_) {
    if (block.cells() == 1) return -1;
    const std::int64_t other = pick(word, block.cells() - 1);
    return other < cell ? other : other + 1;
  }
  const std::int64_t direction = pick(word, 2 * static_cast<std::int64_t>(axes_.size()));
  const auto axis = static_cast<std::size_t>(axes_[static_cast<std::size_t>(direction / 2)]);
  const grid::Index3& extent = block.extent();
  const std::int64_t step = axis == 2 ? 1 : axis == 1 ? extent[2] : extent[1] * extent[2];
  const std::int64_t index = cell / step % extent[axis];
  if (direction % 2 == 0) return index > 0 ? cell - step : -1;
  return index + 1 < extent[axis] ? cell + step : -1;
}

std::int64_t Kawasaki::update(SymbolBlock& block, const Draws& draws) {
  std::int64_t accepted = 0;
  for (std::int64_t i = 0; i < block.cells(); ++i) {
    const auto words = draws.attempt(block, i);
    const std::int64_t a = pick(words[0], block.cells());
    const std::int64_t b = partner(block, a, words[1]);
    if (b < 0 || block.symbol(a) == block.symbol(b)) continue;
    const std::uint8_t of_a = block.symbol(a);
    const std::uint8_t of_b = block.symbol(b);
    const double first = block.change(a, of_b);
    block.set(a, of_b);
    if (is_accepted(first + block.change(b, of_a), words[2], words[3])) {
      block.set(b, of_a);
      ++accepted;
    } else {
      block.set(a, of_a);
    }
  }
  return accepted;
}

}  // namespace scorefield::samplers
