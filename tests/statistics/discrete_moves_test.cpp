/// Samplers of symbols that move blocks, pairs, or single cells of the whole lattice: their steps against transition
/// matrices that are built from the rule, which are tested to keep the law; long runs against the law itself.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "base/errors.hpp"
#include "samplers/discrete/block_sampler.hpp"
#include "samplers/discrete/kawasaki.hpp"
#include "support/ising_torus.hpp"
#include "support/symbol_states.hpp"
#include "support/symbol_targets.hpp"

namespace scorefield {
namespace {

using test::States;
using test::symbol_deck;

/// Calls leave(to, probability) for every state that `from` may go to; with what is left it stays.
using Leave = std::function<void(std::int64_t, double)>;
using Rule = std::function<void(std::int64_t from, const Leave& leave)>;

/// Cells of a block in C order, of so many along each axis.
struct Block {
  std::vector<std::int64_t> cells;
  grid::Index3 extent{0, 0, 0};
};

Rule random_site(const States& states, const Block& block) {
  return [&states, block](std::int64_t from, const Leave& leave) {
    const double tries = static_cast<double>(block.cells.size()) * (states.q - 1);
    for (const std::int64_t cell : block.cells) {
      for (int symbol = 0; symbol < states.q; ++symbol) {
        const std::int64_t to = states.with(from, cell, symbol);
        if (to != from) leave(to, std::min(1.0, states.probability(to) / states.probability(from)) / tries);
      }
    }
  };
}

Rule exchange(const States& states, const Block& block, bool is_any) {
  const auto size = static_cast<std::int64_t>(block.cells.size());
  const grid::Index3 unit{block.extent[1] * block.extent[2], block.extent[2], 1};
  int axes = 0;
  for (const std::int64_t n : states.s.domain->lattice().n()) axes += n > 1 ? 1 : 0;
  return [&states, block, is_any, size, unit, axes](std::int64_t from, const Leave& leave) {
    for (std::int64_t a = 0; a < size; ++a) {
      for (std::int64_t b = 0; b < size; ++b) {
        double tries = static_cast<double>(size * (size - 1));
        if (!is_any) {
          int apart = 0;
          for (std::size_t axis = 0; axis < 3; ++axis)
            apart +=
                static_cast<int>(std::abs(a / unit[axis] % block.extent[axis] - b / unit[axis] % block.extent[axis]));
          if (apart != 1) continue;
          tries = static_cast<double>(size * 2 * axes);
        }
        const std::int64_t at = block.cells[static_cast<std::size_t>(a)];
        const std::int64_t other = block.cells[static_cast<std::size_t>(b)];
        const std::int64_t to =
            states.with(states.with(from, at, states.symbol(from, other)), other, states.symbol(from, at));
        if (to != from) leave(to, std::min(1.0, states.probability(to) / states.probability(from)) / tries);
      }
    }
  };
}

Rule langevin(const States& states, const Block& block, double h) {
  /// log of the probability that `from` proposes `to`, which differ in the block alone.
  const auto log_proposal = [&states, block, h](std::int64_t from, std::int64_t to) {
    double sum = 0.0;
    for (const std::int64_t cell : block.cells) {
      const auto weight = [&](int symbol) {
        const std::int64_t single = states.with(from, cell, symbol);
        return std::exp(-0.5 * (states.energy(single) - states.energy(from)) - (single != from ? 0.5 / h : 0.0));
      };
      double norm = 0.0;
      for (int symbol = 0; symbol < states.q; ++symbol) norm += weight(symbol);
      sum += std::log(weight(states.symbol(to, cell)) / norm);
    }
    return sum;
  };
  return [&states, block, log_proposal](std::int64_t from, const Leave& leave) {
    std::vector<std::int64_t> reached{from};
    for (const std::int64_t cell : block.cells) {
      std::vector<std::int64_t> next;
      for (const std::int64_t state : reached)
        for (int symbol = 0; symbol < states.q; ++symbol) next.push_back(states.with(state, cell, symbol));
      reached = std::move(next);
    }
    for (const std::int64_t to : reached) {
      if (to == from) continue;
      const double there = log_proposal(from, to);
      const double ratio = std::exp(states.energy(from) - states.energy(to) + log_proposal(to, from) - there);
      leave(to, std::exp(there) * std::min(1.0, ratio));
    }
  };
}

Rule balanced(const States& states) {
  const auto singles = [&states](std::int64_t from, const auto& each) {
    for (std::int64_t cell = 0; cell < states.cells; ++cell) {
      for (int symbol = 0; symbol < states.q; ++symbol) {
        const std::int64_t to = states.with(from, cell, symbol);
        if (to != from) each(to, std::exp(-0.5 * (states.energy(to) - states.energy(from))));
      }
    }
  };
  const auto norm = [singles](std::int64_t state) {
    double sum = 0.0;
    singles(state, [&](std::int64_t, double weight) { sum += weight; });
    return sum;
  };
  return [singles, norm](std::int64_t from, const Leave& leave) {
    const double here = norm(from);
    singles(from, [&](std::int64_t to, double weight) { leave(to, weight / here * std::min(1.0, here / norm(to))); });
  };
}

/// The blocks of a sweep with this origin, colour by colour.
std::vector<std::vector<Block>> blocks_of(const States& states, std::int64_t edge, const grid::Index3& origin) {
  const model::SymbolEnergy& law = *states.s.target->symbol_energy();
  const grid::Lattice& lattice = states.s.domain->lattice();
  const grid::Index3& n = lattice.n();
  const bool is_whole = law.reach() == model::SymbolEnergy::everywhere;
  const samplers::BlockTiling tiling =
      is_whole ? samplers::BlockTiling(lattice) : samplers::BlockTiling(lattice, edge, law.reach(), law.is_axis_only());
  using Piece = std::pair<std::int64_t, std::vector<std::int64_t>>;  // index of the block, coordinates
  std::array<std::vector<Piece>, 3> pieces;
  for (int axis = 0; axis < 3; ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    for (std::int64_t i = 0; i < tiling.blocks(axis); ++i) {
      Piece piece{i, {}};
      for (std::int64_t c = tiling.first(axis, i); c < tiling.last(axis, i); ++c) {
        const std::int64_t at = (origin[a] + c) % n[a];
        if (at == 0 && law.is_open()[a] && !piece.second.empty()) {
          pieces[a].push_back(piece);
          piece.second.clear();
        }
        piece.second.push_back(at);
      }
      pieces[a].push_back(piece);
    }
  }
  std::vector<std::vector<Block>> blocks(static_cast<std::size_t>(tiling.colours()));
  for (const Piece& z : pieces[0])
    for (const Piece& y : pieces[1])
      for (const Piece& x : pieces[2]) {
        Block block{{}, {std::ssize(z.second), std::ssize(y.second), std::ssize(x.second)}};
        for (const std::int64_t i : z.second)
          for (const std::int64_t j : y.second)
            for (const std::int64_t k : x.second) block.cells.push_back((i * n[1] + j) * n[2] + k);
        blocks[static_cast<std::size_t>(tiling.colour({z.first, y.first, x.first}))].push_back(std::move(block));
      }
  return blocks;
}

Block largest_block(const States& states, std::int64_t edge) {
  Block found;
  for (const auto& colour : blocks_of(states, edge, {0, 0, 0}))
    for (const Block& block : colour)
      if (block.cells.size() > found.cells.size()) found = block;
  return found;
}

struct Small {
  const char *shape, *target, *name, *options;
  std::int64_t edge;  // of blocks
  double step = 0.0;  // of discrete_langevin
  int moves = 1;      // of gibbs_with_gradients
  [[nodiscard]] std::string deck() const {
    const bool is_made = std::string(target) == "all pairs";
    return symbol_deck(shape, is_made ? "{type: ising, boundaries: [open]}" : target,
                       std::string("{type: ") + name + options + "}");
  }
  [[nodiscard]] test::MakeTarget make() const {
    return std::string(target) == "all pairs" ? test::MakeTarget(test::make_target<test::AllPairs>()) : nullptr;
  }
  [[nodiscard]] bool is(const char* which) const { return std::string(name) == which; }
};
void PrintTo(const Small& c, std::ostream* out) { *out << c.name << c.options << ' ' << c.target << ' ' << c.shape; }

Rule rule_of(const Small& small, const States& states, const Block& block) {
  if (small.is("random_site_metropolis")) return random_site(states, block);
  if (small.is("discrete_langevin")) return langevin(states, block, small.step);
  return exchange(states, block, std::string(small.options).find("any") != std::string::npos);
}

/// The probabilities of all states after a move by this rule.
std::vector<double> moved(const Rule& rule, const std::vector<double>& p) {
  std::vector<double> next(p.size(), 0.0);
  for (std::size_t from = 0; from < p.size(); ++from) {
    if (p[from] == 0.0) continue;
    double stay = 1.0;
    rule(static_cast<std::int64_t>(from), [&](std::int64_t to, double probability) {
      next[static_cast<std::size_t>(to)] += probability * p[from];
      stay -= probability;
    });
    next[from] += stay * p[from];
  }
  return next;
}

/// The same after a step: the mean over all origins of blocks, colour after colour, block after block.
std::vector<double> stepped(const Small& small, const States& states, const std::vector<double>& p) {
  if (small.is("gibbs_with_gradients")) {
    std::vector<double> now = p;
    for (int i = 0; i < small.moves; ++i) now = moved(balanced(states), now);
    return now;
  }
  const bool is_whole = states.s.target->symbol_energy()->reach() == model::SymbolEnergy::everywhere;
  grid::Index3 origins = states.s.domain->lattice().n();
  if (is_whole) origins = {1, 1, 1};
  std::vector<double> mean(p.size(), 0.0);
  const double weight = 1.0 / static_cast<double>(origins[0] * origins[1] * origins[2]);
  for (std::int64_t z = 0; z < origins[0]; ++z)
    for (std::int64_t y = 0; y < origins[1]; ++y)
      for (std::int64_t x = 0; x < origins[2]; ++x) {
        std::vector<double> now = p;
        for (const auto& colour : blocks_of(states, small.edge, {z, y, x}))
          for (const Block& block : colour) {
            const Rule rule = rule_of(small, states, block);
            const std::size_t attempts = small.is("discrete_langevin") ? 1 : block.cells.size();
            for (std::size_t i = 0; i < attempts; ++i) now = moved(rule, now);
          }
        for (std::size_t i = 0; i < p.size(); ++i) mean[i] += weight * now[i];
      }
  return mean;
}

class Moves : public ::testing::TestWithParam<Small> {};

/// Rows of the matrix of a block's move (the largest block of an origin) sum to no more than 1, with pi_i P_ij = pi_j
/// P_ji to 1e-12; the step, made of such moves, keeps the law to 1e-12. The sampler itself, 3,000 steps from every
/// state of a dozen, goes where the matrix says: chi^2 of all states that it may reach, at 5 sigma.
TEST_P(Moves, HaveTheirTransitionMatrix) {
  const Small& small = GetParam();
  States states(small.deck(), small.make());
  const Rule rule =
      small.is("gibbs_with_gradients") ? balanced(states) : rule_of(small, states, largest_block(states, small.edge));
  std::map<std::pair<std::int64_t, std::int64_t>, double> flow;
  for (std::int64_t from = 0; from < states.count; ++from) {
    double total = 0.0;
    rule(from, [&](std::int64_t to, double probability) {
      total += probability;
      flow[{from, to}] += states.probability(from) * probability;
    });
    ASSERT_LT(total, 1.0 + 1e-12);
  }
  ASSERT_FALSE(flow.empty());
  for (const auto& [pair, value] : flow) ASSERT_NEAR(value, flow[std::pair(pair.second, pair.first)], 1e-12);
  const std::vector<double> kept = stepped(small, states, states.law);
  for (std::size_t i = 0; i < kept.size(); ++i) ASSERT_NEAR(kept[i], states.law[i], 1e-12);

  double worst = 0.0;
  int compared = 0;
  for (std::int64_t k = 1; k <= 12; ++k) {
    const std::int64_t from = k * 7919 % states.count;
    std::vector<double> row(static_cast<std::size_t>(states.count), 0.0);
    row[static_cast<std::size_t>(from)] = 1.0;
    row = stepped(small, states, row);
    double total = 0.0;
    for (const double p : row) total += p;
    ASSERT_NEAR(total, 1.0, 1e-12);
    if (row[static_cast<std::size_t>(from)] == 1.0) continue;  // equal symbols, which none can exchange
    constexpr int trials = 3000;
    std::vector<int> counts(row.size(), 0);
    for (int id = 0; id < trials; ++id) ++counts[static_cast<std::size_t>(states.step(from, k * trials + id))];
    worst = std::max(worst, test::z_of_counts(row, counts, trials));
    ++compared;
  }
  std::printf("%s, %s: largest z of chi^2 %.2f\n", small.name, small.target, worst);
  EXPECT_GT(compared, 7);
  EXPECT_LT(worst, 5.0);
}

constexpr const char* spins = "{type: ising, temperature: 2.0, field: 0.2}";
constexpr const char* open_spins = "{type: ising, temperature: 1.5, field: -0.1, boundaries: [open, periodic]}";
constexpr const char* letters = "{type: potts, symbols: 3, temperature: 1.1, field: [0.0, 0.3, -0.2]}";
constexpr const char* open_letters = "{type: potts, symbols: 3, temperature: 0.9, boundaries: [open]}";

INSTANTIATE_TEST_SUITE_P(Rules, Moves,
                         ::testing::Values(Small{"[2, 4]", spins, "random_site_metropolis", "", 8},
                                           Small{"[3, 3]", open_spins, "random_site_metropolis", "", 8},
                                           Small{"[6]", letters, "random_site_metropolis", ", block: 1", 1},
                                           Small{"[8]", "all pairs", "random_site_metropolis", "", 8},
                                           Small{"[3, 3]", spins, "kawasaki", "", 8},
                                           Small{"[3, 3]", open_spins, "kawasaki", ", pairs: any", 8},
                                           Small{"[6]", letters, "kawasaki", ", block: 2", 2},
                                           Small{"[8]", "all pairs", "kawasaki", ", pairs: any", 8},
                                           Small{"[2, 4]", spins, "discrete_langevin", ", step_size: 0.5", 2, 0.5},
                                           Small{"[3, 3]", open_spins, "discrete_langevin", ", step_size: 2.0", 2, 2.0},
                                           Small{"[5]", open_letters, "discrete_langevin", ", step_size: 0.8, block: 2",
                                                 2, 0.8},
                                           Small{"[8]", "all pairs", "discrete_langevin", ", step_size: 1.0", 2, 1.0},
                                           Small{"[2, 4]", spins, "gibbs_with_gradients", ", moves: 1", 0, 0.0, 1},
                                           Small{"[3, 3]", open_spins, "gibbs_with_gradients", ", moves: 3", 0, 0.0, 3},
                                           Small{"[6]", letters, "gibbs_with_gradients", ", moves: 2", 0, 0.0, 2},
                                           Small{"[8]", "all pairs", "gibbs_with_gradients", ", moves: 2", 0, 0.0, 2}));

class LongRuns : public ::testing::TestWithParam<Small> {};

/// Mean energy, first symbol, and equality of neighbours and of the ends, against all states of a small lattice: of
/// kawasaki, those of its composition. 64 chains; composition to the unit.
TEST_P(LongRuns, HaveTheMeansOfAllStates) {
  const Small& small = GetParam();
  States states(small.deck(), small.make());
  const auto figures = [&](const double* x, double energy) {
    return std::vector<double>{energy, x[0], x[states.cells - 1] == x[0] ? 1.0 : 0.0, x[1] == x[0] ? 1.0 : 0.0};
  };
  const auto counts_of = [&](const double* x) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(states.q), 0);
    for (std::int64_t i = 0; i < states.cells; ++i) ++counts[static_cast<std::size_t>(x[i])];
    return counts;
  };
  const auto* kawasaki = dynamic_cast<const samplers::Kawasaki*>(states.s.sampler.get());
  std::function<bool(const double*)> counts;
  if (kawasaki != nullptr) counts = [&](const double* x) { return counts_of(x) == kawasaki->counts(); };
  test::expect_means(states, std::string(small.name) + ", " + small.target, 100, 1500, figures, counts);
}

INSTANTIATE_TEST_SUITE_P(
    Enumerated, LongRuns,
    ::testing::Values(Small{"[3, 3]", spins, "random_site_metropolis", "", 8},
                      Small{"[3, 3]", spins, "kawasaki", ", composition: [0.6, 0.4]", 8},
                      Small{"[7]", letters, "kawasaki", ", pairs: any, composition: [0.5, 0.3, 0.2]", 8},
                      Small{"[3, 3]", open_spins, "kawasaki", "", 8}, Small{"[8]", "all pairs", "kawasaki", "", 8},
                      Small{"[3, 3]", spins, "discrete_langevin", "", 4},
                      Small{"[7]", letters, "discrete_langevin", "", 4},
                      Small{"[3, 3]", open_spins, "gibbs_with_gradients", "", 0},
                      Small{"[8]", "all pairs", "gibbs_with_gradients", "", 0}));

}  // namespace
}  // namespace scorefield
