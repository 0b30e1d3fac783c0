/// Samplers of symbols that move blocks: what moves at once knows nothing of each other; compositions; refusals; and
/// larger lattices against Kaufman's formula and published enumeration.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "base/errors.hpp"
#include "model/symbol_target.hpp"
#include "samplers/discrete/block_sampler.hpp"
#include "samplers/discrete/kawasaki.hpp"
#include "support/ising_torus.hpp"
#include "support/symbol_states.hpp"
#include "support/symbol_targets.hpp"

namespace scorefield {
namespace {

using samplers::BlockSampler;
using samplers::SymbolChain;
using test::symbol_deck;

/// Moves nothing, and writes down what the blocks of a colour are told.
class Recorder final : public BlockSampler {
 public:
  Recorder(const model::SamplerContext& context, std::int64_t edge) : BlockSampler(context, {}, edge) {}
  std::map<std::int64_t, std::vector<double>> changes;  // by first cell of the block

 private:
  std::int64_t update(samplers::SymbolBlock& block, const Draws& draws) override {
    std::vector<double>& told = changes[block.site(0)];
    std::vector<std::uint8_t> proposed(static_cast<std::size_t>(block.cells()));
    std::vector<double> of_cells(proposed.size());
    for (int symbol = 0; symbol < energy().symbols(); ++symbol) {
      std::fill(proposed.begin(), proposed.end(), static_cast<std::uint8_t>(symbol));
      block.changes(proposed.data(), of_cells.data());
      for (std::int64_t cell = 0; cell < block.cells(); ++cell) {
        EXPECT_EQ(block.change(cell, static_cast<std::uint8_t>(symbol)), of_cells[static_cast<std::size_t>(cell)]);
      }
      told.insert(told.end(), of_cells.begin(), of_cells.end());
    }
    for (const std::uint32_t word : draws.attempt(block, 0)) told.push_back(word);
    return 0;
  }
};

struct Lattice {
  const char *shape, *target;
  std::int64_t edge;
};
void PrintTo(const Lattice& c, std::ostream* out) { *out << c.target << ' ' << c.shape << " block " << c.edge; }

struct Lab {
  test::Sampling s;
  std::int64_t sites;
  Lab(const Lattice& c, const std::string& sampler)
      : s(symbol_deck(c.shape, is_made(c) ? "{type: potts, symbols: 3}" : c.target, sampler)),
        sites(s.domain->lattice().sites()) {
    if (is_made(c)) test::replaced(s, test::make_target<test::RangeTwo>(true));
  }
  static bool is_made(const Lattice& c) { return std::string(c.target) == "range two"; }
  [[nodiscard]] std::vector<double> draw(std::uint64_t step) const {
    model::DualField x(*s.domain, "state");
    s.target->draw_prior({.seed = 8, .step = step}, x);
    return {x.real().data(), x.real().data() + sites};
  }
};

/// A chain at x, before or after a colour of its sweep.
std::unique_ptr<model::Chain> moved(BlockSampler& sampler, std::int64_t id, const std::vector<double>& x, int colour) {
  auto made = sampler.make_chain(id);
  std::copy(x.begin(), x.end(), made->x.set_real().data());
  sampler.adopt(*made);
  auto& chain = static_cast<SymbolChain&>(*made);
  sampler.begin_sweep(chain);
  sampler.move_colour(chain, colour);
  sampler.settle(chain);
  return made;
}

class ActiveBlocks : public ::testing::TestWithParam<Lattice> {};

/// Of the blocks that move at once, none sees what any other holds: with a cell of one of them changed, all others are
/// told the same changes of energy and random numbers and come to the same symbols, to the bit.
TEST_P(ActiveBlocks, KnowNothingOfEachOther) {
  int told = 0;
  int decided = 0;
  const std::string block = ", block: " + std::to_string(GetParam().edge) + "}";
  for (const std::string& deck : {"{type: random_site_metropolis" + block, "{type: kawasaki" + block,
                                  "{type: kawasaki, pairs: any" + block, "{type: discrete_langevin" + block}) {
    const Lab lab(GetParam(), deck);
    auto& sampler = dynamic_cast<BlockSampler&>(*lab.s.sampler);
    Recorder recorder({*lab.s.domain, *lab.s.target, 31}, GetParam().edge);
    const int q = lab.s.target->symbol_energy()->symbols();
    for (std::int64_t trial = 0; trial < 3; ++trial) {
      const std::vector<double> x = lab.draw(static_cast<std::uint64_t>(trial));
      for (int colour = 0; colour < sampler.colours(); ++colour) {
        const auto after = moved(sampler, trial, x, colour);
        recorder.changes.clear();
        moved(recorder, trial, x, colour);
        const auto before_change = recorder.changes;
        for (std::int64_t cell = trial; cell < lab.sites; cell += 5) {
          if (!sampler.is_active(cell, colour)) {
            EXPECT_EQ(after->x.real().data()[cell], x[static_cast<std::size_t>(cell)]) << "moved out of turn";
            continue;
          }
          std::vector<double> y = x;
          y[static_cast<std::size_t>(cell)] = std::fmod(y[static_cast<std::size_t>(cell)] + 1.0, q);
          const auto other = moved(sampler, trial, y, colour);
          for (std::int64_t i = 0; i < lab.sites; ++i) {
            const bool is_same = other->x.real().data()[i] == after->x.real().data()[i];
            const bool is_own = sampler.block_of(i) == sampler.block_of(cell);
            EXPECT_TRUE(is_same || is_own) << "cell " << i << " knows of cell " << cell;
            decided += is_same ? 0 : 1;
          }
          recorder.changes.clear();
          moved(recorder, trial, y, colour);
          int differing = 0;
          for (const auto& [at, changes] : recorder.changes) differing += changes != before_change.at(at) ? 1 : 0;
          EXPECT_LE(differing, 1) << "cell " << cell;
          told += differing;
        }
      }
    }
  }
  EXPECT_GT(told, 100);
  EXPECT_GT(decided, 100);
}

INSTANTIATE_TEST_SUITE_P(
    Lattices, ActiveBlocks,
    ::testing::Values(Lattice{"[16, 12]", "{type: ising, temperature: 3.0}", 2},
                      Lattice{"[9, 7]", "{type: ising, temperature: 3.0, boundaries: [open, periodic]}", 3},
                      Lattice{"[17, 13]", "range two", 3}, Lattice{"[12, 12]", "range two", 2},
                      Lattice{"[6, 4, 9]", "{type: potts, symbols: 3, temperature: 2.0}", 2},
                      Lattice{"[47]", "{type: potts, symbols: 3, temperature: 2.0, boundaries: [open]}", 3}));

/// The changes that a block is told are those of the whole energy, whatever the end of the lattice that it lies at.
TEST_P(ActiveBlocks, AreToldDifferencesOfTheEnergy) {
  const Lab lab(GetParam(), "random_site_metropolis");
  class Teller final : public BlockSampler {
   public:
    Teller(const model::SamplerContext& context, std::int64_t edge) : BlockSampler(context, {}, edge) {}
    std::map<std::int64_t, std::pair<int, double>> of_cells;  // by cell: a symbol, the change of energy

   private:
    std::int64_t update(samplers::SymbolBlock& block, const Draws& /*draws*/) override {
      for (std::int64_t cell = 0; cell < block.cells(); ++cell) {
        const auto symbol = static_cast<std::uint8_t>((block.symbol(cell) + 1) % energy().symbols());
        of_cells[block.site(cell)] = {symbol, block.change(cell, symbol)};
      }
      return 0;
    }
  } teller({*lab.s.domain, *lab.s.target, 31}, GetParam().edge);
  const auto energy = [&](const std::vector<double>& x) {
    model::DualField state(*lab.s.domain, "state");
    std::copy(x.begin(), x.end(), state.set_real().data());
    return lab.s.target->evaluate(state, nullptr);
  };
  for (std::int64_t id = 0; id < 4; ++id) {
    const std::vector<double> x = lab.draw(static_cast<std::uint64_t>(id));
    teller.of_cells.clear();
    for (int colour = 0; colour < teller.colours(); ++colour) moved(teller, id, x, colour);
    ASSERT_EQ(std::ssize(teller.of_cells), lab.sites);
    for (const auto& [cell, told] : teller.of_cells) {
      std::vector<double> y = x;
      y[static_cast<std::size_t>(cell)] = told.first;
      ASSERT_NEAR(told.second, (energy(y) - energy(x)).value(), 1e-12) << "cell " << cell;
    }
  }
}

/// Origins of sweeps are uniform: chi^2 at 5 sigma.
TEST(Origins, AreEverywhere) {
  Lab lab({"[5, 7]", "{type: ising}", 2}, "{type: random_site_metropolis, block: 2}");
  auto& sampler = dynamic_cast<BlockSampler&>(*lab.s.sampler);
  std::map<std::int64_t, int> firsts;  // first cell of block 0, by the smallest cell of a row and column of it
  constexpr int sweeps = 3500;
  for (std::int64_t id = 0; id < sweeps; ++id) {
    const auto chain = sampler.make_chain(id);
    sampler.begin_sweep(static_cast<SymbolChain&>(*chain));
    for (std::int64_t cell = 0; cell < lab.sites; ++cell) {
      const std::int64_t before_z = (cell / 7 + 4) % 5 * 7 + cell % 7;
      const std::int64_t before_x = cell / 7 * 7 + (cell % 7 + 6) % 7;
      const bool is_first =
          sampler.block_of(cell) == 0 && sampler.block_of(before_z) != 0 && sampler.block_of(before_x) != 0;
      firsts[cell] += is_first ? 1 : 0;
    }
  }
  std::vector<int> counts;
  counts.reserve(firsts.size());
  for (const auto& [cell, count] : firsts) counts.push_back(count);
  EXPECT_LT(test::z_of_counts(std::vector<double>(35, 1.0 / 35.0), counts, sweeps), 5.0);
}

struct Torus {
  const char *sampler, *start;
  std::int64_t m, n;
  double temperature;
  int warmup, steps;
};
void PrintTo(const Torus& t, std::ostream* out) { *out << t.sampler << ' ' << t.m << " x " << t.n; }
class OnTorus : public ::testing::TestWithParam<Torus> {};

/// 64 chains: means of E and of (E - <E>)^2, which is the specific heat.
TEST_P(OnTorus, AgreesWithKaufman) {
  const Torus& torus = GetParam();
  test::Sampling s(symbol_deck("[" + std::to_string(torus.m) + ", " + std::to_string(torus.n) + "]",
                               "{type: ising, temperature: " + std::to_string(torus.temperature) + "}", torus.sampler));
  const test::IsingTorus exact = test::ising_torus(torus.m, torus.n, torus.temperature);
  test::expect_energy_and_heat(s, torus.sampler, torus.temperature, {exact.energy, exact.specific_heat}, torus.warmup,
                               torus.steps);
}

INSTANTIATE_TEST_SUITE_P(Ising, OnTorus,
                         ::testing::Values(Torus{"random_site_metropolis", "", 8, 8, 3.0, 100, 1500},
                                           Torus{"{type: random_site_metropolis, block: 3}", "", 9, 7, 2.5, 200, 1500},
                                           Torus{"discrete_langevin", "", 8, 8, 3.0, 100, 1500},
                                           Torus{"{type: discrete_langevin, block: 4}", "", 9, 7, 3.0, 100, 1500},
                                           Torus{"{type: gibbs_with_gradients, moves: 32}", "", 8, 8, 3.0, 100, 800}));

/// Potts q = 3 on 4 x 4 at its critical temperature, against published enumeration.
TEST(Potts, AgreesWithEnumeration) {
  for (const char* sampler :
       {"random_site_metropolis", "discrete_langevin", "{type: gibbs_with_gradients, moves: 16}"}) {
    test::Sampling s(symbol_deck("[4, 4]", "{type: potts, symbols: 3, temperature: 0.99497286107182}", sampler));
    test::expect_energy_and_heat(s, sampler, test::critical_potts_temperature, test::critical_potts, 300, 3000);
  }
}

/// Starts hold the counts asked for, in other places for every chain, and steps keep them.
TEST(Kawasaki, KeepsItsComposition) {
  const Lattice lattice{"[9, 14]", "{type: potts, symbols: 3, temperature: 1.2, boundaries: [open, periodic]}", 4};
  const auto kept = [&](const std::string& options, const std::vector<std::int64_t>& expected) {
    Lab lab(lattice, "{type: kawasaki" + options + "}");
    std::map<std::vector<double>, int> seen;
    for (std::int64_t id = 0; id < 5; ++id) {
      auto chain = lab.s.chain(id);
      for (int step = 0; step <= 100; ++step) {
        std::vector<std::int64_t> counts(3, 0);
        lab.s.sampler->settle(*chain);
        const double* x = chain->x.real().data();
        for (std::int64_t i = 0; i < lab.sites; ++i) ++counts[static_cast<std::size_t>(x[i])];
        ASSERT_EQ(counts, expected) << options << " step " << step;
        ++seen[std::vector<double>(x, x + lab.sites)];
        lab.s.sampler->step(*chain);
      }
    }
    EXPECT_GT(seen.size(), 60U) << "states of 505, where one symbol of 126 moves";
  };
  kept("", {42, 42, 42});
  kept(", composition: [0.5, 0.25, 0.25]", {63, 32, 31});
  kept(", pairs: any, composition: [0.0, 0.01, 0.99]", {0, 1, 125});
}

/// A start puts each symbol anywhere: occupation of every cell over many chains, chi^2 at 5 sigma.
TEST(Kawasaki, BeginsAnywhere) {
  Lab lab({"[3, 5]", "{type: ising}", 4}, "{type: kawasaki, composition: [0.8, 0.2]}");
  std::vector<int> counts(15, 0);
  constexpr int chains = 3000;
  for (std::int64_t id = 0; id < chains; ++id) {
    const auto chain = lab.s.chain(id);
    for (std::size_t i = 0; i < 15; ++i) counts[i] += static_cast<int>(chain->x.real().data()[i]);
  }
  EXPECT_LT(std::abs(test::z_of_counts(std::vector<double>(15, 1.0 / 15.0), counts, 3 * chains)), 5.0);
}

struct Wrong {
  const char *shape, *target, *sampler, *text;
};
class Refused : public ::testing::TestWithParam<Wrong> {};
TEST_P(Refused, SaysWhatCanBe) {
  const Wrong& wrong = GetParam();
  try {
    const Lab lab({wrong.shape, wrong.target, 1}, wrong.sampler);
    FAIL();
  } catch (const base::DeckError& error) {
    const std::string text = std::string(error.what()) + " / " + error.advice();
    EXPECT_NE(text.find(wrong.text), std::string::npos) << text;
  }
}
INSTANTIATE_TEST_SUITE_P(Decks, Refused,
                         ::testing::Values(Wrong{"[2, 8]", "{type: ising}", "kawasaki", "at least 3 cells"},
                                           Wrong{"[8, 8]", "{type: ising}",
                                                 "{type: kawasaki, composition: [0.2, 0.3, 0.5]}", "for 2 symbols"},
                                           Wrong{"[8, 8]", "{type: ising}", "{type: kawasaki, composition: [0.2, 0.3]}",
                                                 "sum to 1"},
                                           Wrong{"[3, 8]", "range two", "random_site_metropolis", "at least 4 cells"},
                                           Wrong{"[8, 8]", "{type: phi4, mass_squared: 1.0, coupling: 0.5}",
                                                 "gibbs_with_gradients", "ising"}));

}  // namespace
}  // namespace scorefield
