#include "samplers/discrete/multispin_metropolis.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/errors.hpp"
#include "base/kokkos_compat.hpp"
#include "model/cluster_bonds.hpp"
#include "model/symbol_target.hpp"
#include "noise/words.hpp"
#include "samplers/discrete/multispin.hpp"

namespace scorefield::samplers {

using namespace multispin;

namespace {

const model::ClusterBonds* bonds_of(const model::SamplerContext& context) {
  const model::Target& target = context.target;
  const bool is_open = target.symbol_energy()->is_open() != std::array<bool, 3>{};
  if (target.symbol_energy()->symbols() == 2 && target.cluster_bonds() != nullptr &&
      target.cluster_bonds()->uniform_pull() && !is_open && context.domain.lattice().n()[2] > 1) {
    return target.cluster_bonds();
  }
  throw base::DeckError(
      "multispin_metropolis needs two symbols, bonds along axes, one field for all cells, periodic axes and rows of "
      "more than one cell, as 'ising' has without a file and boundaries",
      "use sampler.type 'metropolis'");
}

Rule rule_of(const model::ClusterBonds& bonds, const grid::Lattice& lattice) {
  Rule rule;
  for (int axis = 0; axis < 3; ++axis) {
    const double coupling = bonds.coupling(axis);
    if (lattice.n()[static_cast<std::size_t>(axis)] == 1 || coupling == 0.0) continue;
    const auto same = [&](const Group& group) { return group.coupling == coupling; };
    const auto found = std::find_if(rule.groups.begin(), rule.groups.end(), same);
    if (found == rule.groups.end()) {
      rule.groups.push_back({coupling, {axis}});
    } else {
      found->axes.push_back(axis);
    }
  }
  const double pull = *bonds.uniform_pull();
  std::array<int, 3> most{0, 0, 0};
  for (std::size_t g = 0; g < rule.groups.size(); ++g) most[g] = static_cast<int>(2 * rule.groups[g].axes.size());
  for (int symbol = pull == 0.0 ? -1 : 0; symbol < (pull == 0.0 ? 0 : 2); ++symbol) {
    std::array<int, 3> equal{};
    for (equal[0] = 0; equal[0] <= most[0]; ++equal[0]) {
      for (equal[1] = 0; equal[1] <= most[1]; ++equal[1]) {
        for (equal[2] = 0; equal[2] <= most[2]; ++equal[2]) {
          double change = symbol == 1 ? pull : symbol == 0 ? -pull : 0.0;
          for (std::size_t g = 0; g < rule.groups.size(); ++g)
            change += rule.groups[g].coupling * (2 * equal[g] - most[g]);
          // A word w stands for u = (w + 1/2) / 2^32, as in noise::exponentials_of_row.
          const double threshold = std::ceil(std::exp(-change) * 0x1p32 - 0.5);
          if (threshold < 0x1p32) rule.classes.push_back({equal, symbol, static_cast<std::uint32_t>(threshold)});
        }
      }
    }
  }
  return rule;
}

/// Neighbours by axis (z, y, x) and side.
using Sides = std::array<std::array<Block, 2>, 3>;

/// Finds the class of each spin, given its neighbours.
void classify(const Rule& rule, const Block& spin, const Sides& neighbours, const Block& valid, Draw& draw) {
  std::array<Count, 3> counts;  // NOLINT(cppcoreguidelines-pro-type-member-init): cleared where used
  for (std::size_t g = 0; g < rule.groups.size(); ++g) {
    counts[g].clear();
    for (const int axis : rule.groups[g].axes) {
      for (const Block& side : neighbours[static_cast<std::size_t>(axis)]) counts[g].add(spin, side);
    }
  }
  draw.open.clear();
  for (std::size_t c = 0; c < rule.classes.size(); ++c) {
    const Uncertain& known = rule.classes[c];
    Block& mask = draw.members[c];
    for (std::size_t i = 0; i < Block::size; ++i) mask.part[i] = valid.part[i];
    for (std::size_t g = 0; g < rule.groups.size(); ++g) counts[g].keep_where_equal(known.equal[g], mask);
    for (std::size_t i = 0; i < Block::size; ++i) {
      if (known.symbol >= 0) mask.part[i] &= known.symbol == 1 ? spin.part[i] : ~spin.part[i];
      draw.open.part[i] |= mask.part[i];
    }
  }
  for (std::size_t i = 0; i < Block::size; ++i) draw.turned.part[i] = valid.part[i] & ~draw.open.part[i];
}

/// A half row of spins and those around it, in words.
struct HalfRow {
  std::uint64_t* own;
  const std::uint64_t* other;                              ///< the other half of the row
  std::array<std::array<const std::uint64_t*, 2>, 2> far;  ///< along z and y, by side
  std::int64_t first_word;                                 ///< number of word 0 in the lattice
  std::uint64_t from_begin, from_end;                      ///< of the other half, at the bit that they come to
  bool is_odd;
};

/// Bits of a half row that are cells, and the last word.
struct Cells {
  std::vector<std::uint64_t> valid, last;
  explicit Cells(const grid::PackedSpins& spins)
      : valid(static_cast<std::size_t>(spins.words()), 0), last(valid.size(), 0) {
    const std::int64_t full = (spins.half() - 1) / 64;
    std::fill_n(valid.begin(), full, ~std::uint64_t{0});
    valid[static_cast<std::size_t>(full)] = ~std::uint64_t{0} >> (63 - (spins.half() - 1) % 64);
    last[static_cast<std::size_t>(full)] = ~std::uint64_t{0};
  }
};

HalfRow half_row(const grid::Lattice& lattice, const grid::Box& box, grid::PackedSpins& spins, std::int64_t z,
                 std::int64_t y, int colour) {
  const grid::Index3& n = lattice.n();
  const std::int64_t parity = (colour + z + box.lo[0] + y + box.lo[1]) % 2;
  const std::uint64_t* other = spins.row(z, y, 1 - parity);
  const std::int64_t last = (spins.half() - 1) / 64;
  const std::int64_t last_bit = (spins.half() - 1) % 64;
  HalfRow row{.own = spins.own_row(z, y, parity),
              .other = other,
              .far = {},
              .first_word = ((z + box.lo[0]) * n[1] + y + box.lo[1]) * spins.words(),
              .from_begin = (other[0] & 1U) << last_bit,
              .from_end = other[last] >> last_bit & 1U,
              .is_odd = parity == 1};
  for (std::int64_t side = 0; side < 2; ++side) {
    const auto s = static_cast<std::size_t>(side);
    if (n[0] > 1) row.far[0][s] = spins.row(z - 1 + 2 * side, y, parity);
    if (n[1] > 1) row.far[1][s] = spins.row(z, y - 1 + 2 * side, parity);
  }
  return row;
}

/// Neighbours of width words from `begin` on.
void load_sides(const HalfRow& row, const Cells& cells, std::int64_t begin, Sides& sides) {
  for (std::size_t axis = 0; axis < 2; ++axis) {
    for (std::size_t s = 0; s < 2; ++s) {
      if (row.far[axis][s] != nullptr) sides[axis][s].load(row.far[axis][s] + begin);
    }
  }
  // Beside a cell of even x lie the odd cells of the same bit and of the bit before; beside one of odd x, the even
  // cells of the same bit and of the bit after.
  Block& same = sides[2][0];
  Block& beside = sides[2][1];
  same.load(row.other + begin);
  if (!row.is_odd) {
    beside.load(row.other + begin - 1);
    if (begin == 0) beside.part[0][0] = row.from_end << 63;
    for (std::size_t i = 0; i < Block::size; ++i) beside.part[i] = same.part[i] << 1 | beside.part[i] >> 63;
    return;
  }
  beside.load(row.other + begin + 1);
  Block is_last;  // NOLINT(cppcoreguidelines-pro-type-member-init): written next
  is_last.load(cells.last.data() + begin);
  for (std::size_t i = 0; i < Block::size; ++i) {
    beside.part[i] =
        same.part[i] >> 1 | ((beside.part[i] << 63) & ~is_last.part[i]) | (is_last.part[i] & row.from_begin);
  }
}

/// Turns over spins of a half row, but for those that are undecided; returns how many.
std::int64_t update_row(const Rule& rule, const noise::Stream& stream, const Cells& cells, const HalfRow& row,
                        Undecided& undecided) {
  Sides sides;                         // NOLINT(cppcoreguidelines-pro-type-member-init): written by load_sides
  Draw draw;                           // NOLINT(cppcoreguidelines-pro-type-member-init): written by classify
  std::array<noise::Plane, 8> planes;  // NOLINT(cppcoreguidelines-pro-type-member-init): written by first_planes
  noise::Plane turned;                 // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  std::int64_t sum = 0;
  for (std::int64_t begin = 0; begin < std::ssize(cells.valid); begin += width) {
    Block spin;   // NOLINT(cppcoreguidelines-pro-type-member-init): written next
    Block valid;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    spin.load(row.own + begin);
    valid.load(cells.valid.data() + begin);
    load_sides(row, cells, begin, sides);
    classify(rule, spin, sides, valid, draw);
    noise::first_planes(stream, row.first_word + begin, planes);
    for (int bit = 0; bit < 8; ++bit) draw.compare(rule.classes, bit, planes[static_cast<std::size_t>(bit)]);
    for (std::size_t i = 0; i < Block::size; ++i) spin.part[i] ^= draw.turned.part[i];
    spin.store(row.own + begin);
    draw.turned.store(turned.data());
    for (const std::uint64_t word : turned) sum += std::popcount(word);
    if (draw.open.any()) undecided.add(draw, static_cast<std::uint64_t>(row.first_word + begin), row.own + begin);
  }
  return sum;
}

/// As many rows share the drawing of the last bits.
constexpr std::int64_t rows_at_once = 16;

SpinChain& of(model::Chain& chain) { return static_cast<SpinChain&>(chain); }

}  // namespace

deck::Schema<MultispinMetropolisOptions> MultispinMetropolis::schema() {
  auto schema = deck::Schema<Options>("multispin_metropolis",
                                      "Metropolis sweeps over spins that are packed, 64 to a word: exact, and fast.");
  schema.reference("Jacobs & Rebbi 1981").example("multispin_metropolis");
  return with_symbol_options(std::move(schema));
}

void SpinChain::visit_state(io::Archive& archive) {
  if (!archive.loading()) spins.write(symbols);
  SymbolChain::visit_state(archive);
}

MultispinMetropolis::MultispinMetropolis(const Options& options, const model::SamplerContext& context)
    : SymbolSampler(context, options), bonds_(bonds_of(context)) {
  const Colouring refuses_odd_extents(context.domain.lattice(), energy());
}

std::unique_ptr<model::Chain> MultispinMetropolis::make_chain(std::int64_t id) {
  return std::make_unique<SpinChain>(id, domain_, energy());
}

void MultispinMetropolis::refresh(model::Chain& chain) {
  of(chain).spins.read(of(chain).symbols);
  settle(chain);
}

void MultispinMetropolis::adopt(model::Chain& chain) {
  model::read_symbols(chain.x.real(), of(chain).symbols);
  refresh(chain);
}

void MultispinMetropolis::settle(model::Chain& chain) {
  of(chain).spins.write(of(chain).symbols);
  of(chain).symbols.exchange();
  SymbolSampler::settle(chain);
}

void MultispinMetropolis::sweep(SymbolChain& chain) {
  grid::PackedSpins& spins = of(chain).spins;
  const grid::Box& box = chain.symbols.box();
  const std::int64_t rows = box.empty() ? 0 : box.extent(0) * box.extent(1);
  // At every sweep: the target may be at another temperature now.
  const Rule rule = rule_of(*bonds_, domain_.lattice());
  const Cells cells(spins);
  for (int colour = 0; colour < 2; ++colour) {
    const noise::Stream own = stream(chain, noise::Purpose::symbol_accept, colour, 2);
    std::int64_t accepted = 0;
    Kokkos::parallel_reduce(
        "packed spins of a colour", base::HostRowPolicy(0, (rows + rows_at_once - 1) / rows_at_once),
        [&](const std::int64_t part, std::int64_t& sum) {
          Undecided undecided(rule, own);
          const std::int64_t end = std::min(rows, (part + 1) * rows_at_once);
          for (std::int64_t r = part * rows_at_once; r < end; ++r) {
            const HalfRow row = half_row(domain_.lattice(), box, spins, r / box.extent(1), r % box.extent(1), colour);
            sum += update_row(rule, own, cells, row, undecided);
          }
          undecided.decide();
          sum += undecided.turned();
        },
        accepted);
    chain.accepted += accepted;
    spins.exchange();
  }
}

}  // namespace scorefield::samplers
