/// Targets of symbols given by the energy of a cell and its changes: as good as those written by hand.

#include "model/symbol_cells.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "app/commands.hpp"
#include "app/program.hpp"
#include "base/errors.hpp"
#include "run/run_deck.hpp"
#include "support/fields.hpp"

namespace scorefield::model {
namespace {

struct OwnPotts {
  static constexpr bool is_axis_only = true;
  std::int64_t symbols = 3;
  double temperature = 1.0;
  static deck::Schema<OwnPotts> schema() {
    return deck::Schema<OwnPotts>("own_potts", "The Potts model once more.")
        .reference("-")
        .example("own_potts")
        .option("symbols", &OwnPotts::symbols, {.doc = "q"})
        .option("temperature", &OwnPotts::temperature, {.doc = "T", .above = 0.0});
  }
  [[nodiscard]] double value(int symbol) const { return 10.0 + static_cast<double>(symbols) * symbol; }
  [[nodiscard]] double energy(const SymbolCell& x) const {
    int equal = 0;
    for (int axis = 0; axis < x.dimensions(); ++axis) equal += x() == x.next(axis) ? 1 : 0;
    return -equal / temperature;
  }
  [[nodiscard]] double energy_change(const SymbolCell& x, int now) const {
    int more = 0;
    for (int axis = 0; axis < x.dimensions(); ++axis) {
      for (const int other : {x.next(axis), x.before(axis)}) more += (now == other ? 1 : 0) - (x() == other ? 1 : 0);
    }
    return -more / temperature;
  }
};

/// Reaches two cells and across corners, in a field that depends on the place, with open ends, in 2-D.
struct Corners {
  static constexpr const char* name = "corners";
  static constexpr int reach = 2;
  static constexpr int symbols = 4;
  static constexpr bool is_open = true;
  static double product(int a, int b) { return a == SymbolCell::none || b == SymbolCell::none ? 0.0 : a * b; }
  [[nodiscard]] static double field(const SymbolCell& x) {
    return 0.1 * static_cast<double>(x.position(0)) - 0.3 * static_cast<double>(x.position(1));
  }
  [[nodiscard]] double energy(const SymbolCell& x) const {
    return field(x) * x() + product(x(), x.next(1, 2)) + 0.5 * product(x(), x.near({1, -1}));
  }
  [[nodiscard]] double energy_change(const SymbolCell& x, int now) const {
    double around = field(x);
    for (const int other : {x.next(1, 2), x.before(1, 2)}) around += product(1, other);
    for (const int other : {x.near({1, -1}), x.near({-1, 1})}) around += 0.5 * product(1, other);
    return around * (now - x());
  }
};

/// Forgets the bonds of its neighbours.
struct WrongChange : OwnPotts {
  static constexpr const char* name = "wrong_change";
  [[nodiscard]] double energy_change(const SymbolCell& x, int now) const {
    int more = 0;
    for (int axis = 0; axis < x.dimensions(); ++axis)
      more += (now == x.next(axis) ? 1 : 0) - (x() == x.next(axis) ? 1 : 0);
    return -more / temperature;
  }
};

struct NoChange {
  static constexpr int symbols = 2;
  [[nodiscard]] double energy(const SymbolCell& x) const { return x(); }
};
static_assert(SymbolCellEnergy<OwnPotts> && SymbolCellEnergy<Corners> && !SymbolCellEnergy<NoChange>);
static_assert(std::is_same_v<app::TargetOf<Corners>::Type, SymbolCells<Corners>>);

const Components& components() {
  static const auto all = [] {
    auto made = std::make_unique<Components>();
    app::register_all(*made);
    made->add<SymbolCells<OwnPotts>>(made->targets);
    made->add<SymbolCells<Corners>>(made->targets);
    return made;
  }();
  return *all;
}

/// Largest difference between changes of energy and differences of energies, over all cells and symbols of a few
/// states.
template <class T>
double disagreement(const grid::Domain& domain, const T& options = {}) {
  SymbolCells<T> target(options, BuildContext{.components = components(), .domain = domain});
  const grid::Index3& n = domain.lattice().n();
  DualField x(domain, "state");
  double worst = 0.0;
  for (std::uint64_t trial = 0; trial < 3; ++trial) {
    target.draw_prior({.seed = 5, .step = trial}, x);
    grid::SymbolField symbols(domain, target.reach(), target.is_open());
    read_symbols(x.real(), symbols);
    const double before = target.evaluate(x, nullptr).value();
    for (std::int64_t cell = 0; cell < domain.lattice().sites(); ++cell) {
      SymbolRow row = symbol_row(domain, symbols, cell / n[2] / n[1], cell / n[2] % n[1]);
      row.first = cell % n[2];
      row.count = 1;
      for (int symbol = 0; symbol < target.symbols(); ++symbol) {
        const auto proposed = static_cast<std::uint8_t>(symbol);
        double change = 0.0;
        target.changes(row, &proposed, &change);
        DualField y(domain, "changed");
        std::copy_n(x.real().data(), x.real().size(), y.set_real().data());
        y.change(Space::real)[cell] = symbol;
        worst = std::max(worst, std::abs(change - (target.evaluate(y, nullptr).value() - before)));
      }
    }
  }
  return worst;
}

TEST(SymbolCells, ChangesAreDifferencesOfEnergies) {
  for (const std::vector<std::int64_t>& shape :
       std::vector<std::vector<std::int64_t>>{{8}, {4, 6}, {2, 4, 6}, {2, 2}}) {
    EXPECT_LT(disagreement<OwnPotts>(test::make_domain(shape, base::Comm::self())), 1e-12);
  }
  EXPECT_LT(disagreement<Corners>(test::make_domain({5, 7}, base::Comm::self())), 1e-12);
  // And the check sees what is wrong.
  EXPECT_GT(disagreement<WrongChange>(test::make_domain({4, 6}, base::Comm::self())), 0.5);
}

struct Walked {
  run::ResolvedDeck deck;
  grid::Domain domain;
  std::unique_ptr<Target> target;
  std::unique_ptr<Sampler> sampler;
  std::unique_ptr<Chain> chain;

  Walked(const std::string& shape, const std::string& target_text, const std::string& sampler_text,
         const base::Comm& comm = base::Comm::world())
      : deck(run::resolve_deck("run: {seed: 9}\ndomain: {shape: " + shape + "}\ntarget: " + target_text +
                                   "\nsampler: " + sampler_text + "\n",
                               "test.yaml", {}, components().catalogue)),
        domain(deck.options.lattice(), comm),
        target(components().targets.build(deck.options.target,
                                          BuildContext{.components = components(), .domain = domain, .seed = 9})),
        sampler(
            components().samplers.build(deck.options.sampler, SamplerContext{domain, *target, 9, 0, &components()})),
        chain(sampler->make_chain(2)) {
    sampler->start(*chain);
    sampler->refresh(*chain);
    for (int step = 0; step < 30; ++step) sampler->step(*chain);
    sampler->settle(*chain);
  }
};

/// The same chain as with the built-in target, on any number of ranks.
TEST(SymbolCells, WalkAsTheTargetWrittenByHand) {
  for (const char* sampler : {"metropolis", "heat_bath"}) {
    Walked own("[12, 6]", "{type: own_potts, temperature: 0.5}", sampler);
    Walked hand("[12, 6]", "{type: potts, temperature: 0.5}", sampler, base::Comm::self());
    EXPECT_EQ(own.chain->energy.value(), hand.chain->energy.value()) << sampler;
    EXPECT_TRUE(test::same_bits(own.chain->x.real(), hand.chain->x.real())) << sampler;
  }
}

TEST(SymbolCells, HaveTheBitsOfOneRank) {
  for (const char* sampler : {"metropolis", "heat_bath"}) {
    Walked together("[11, 7]", "corners", sampler);
    Walked alone("[11, 7]", "corners", sampler, base::Comm::self());
    EXPECT_TRUE(test::same_bits(together.chain->energy.value(), alone.chain->energy.value())) << sampler;
    EXPECT_TRUE(test::same_bits(together.chain->x.real(), alone.chain->x.real())) << sampler;
  }
}

TEST(SymbolCells, StandForTheirValues) {
  Walked own("[12, 6]", "{type: own_potts, temperature: 0.5}", "metropolis");
  EXPECT_TRUE(own.target->is_transformed());
  DualField values(own.domain, "values");
  own.target->physical(own.chain->x, values);
  for (std::int64_t i = 0; i < values.real().size(); ++i) {
    EXPECT_EQ(values.real().data()[i], 10.0 + 3.0 * own.chain->x.real().data()[i]);
  }
}

TEST(SymbolCells, RefuseWhatCannotBe) {
  EXPECT_THROW(Walked("[12, 6]", "{type: own_potts, symbols: 1}", "metropolis"), base::DeckError);
  EXPECT_THROW(Walked("[1, 6]", "own_potts", "metropolis"), base::DeckError);
  EXPECT_THROW(Walked("[12, 6]", "own_potts", "swendsen_wang"), base::DeckError);
  EXPECT_THROW(Walked("[12, 6]", "own_potts", "hmc"), base::DeckError);
}

}  // namespace
}  // namespace scorefield::model
