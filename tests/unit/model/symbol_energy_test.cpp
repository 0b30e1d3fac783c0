/// Energies of symbols: changes are differences of energies, on every target, shape and boundary; a colour holds no two
/// cells of one term; what a sweep is made of keeps the law, by enumeration.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "base/errors.hpp"
#include "model/symbol_target.hpp"
#include "noise/philox.hpp"
#include "samplers/discrete/colouring.hpp"
#include "support/builder.hpp"
#include "support/fields.hpp"
#include "support/small_rbm.hpp"

namespace scorefield {
namespace {

struct Case {
  const char* target;
  std::vector<std::int64_t> shape;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.target << " on " << ::testing::PrintToString(c.shape); }

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"{type: ising, temperature: 2.3}", {4, 6}},
      {"{type: ising, temperature: 0.7, couplings: [0.4, -1.3], field: 0.3}", {2, 4}},
      {"{type: ising, temperature: 1.7, field: -0.2}", {8}},
      {"{type: ising, temperature: 1.7, couplings: [1.0, 0.5, 0.2], field: -0.2}", {2, 4, 6}},
      {"{type: ising, temperature: 1.7, boundaries: [open, periodic]}", {3, 4}},
      {"{type: ising, temperature: 1.7, boundaries: [open, open, open]}", {3, 5, 3}},
      {"{type: ising}", {1, 6}},
      {"{type: potts, symbols: 3, temperature: 0.9}", {4, 4}},
      {"{type: potts, symbols: 5, temperature: 0.9, coupling: -0.6, field: [0.1, 0.2, -0.3, 0.0, 0.5]}", {2, 6}},
      {"{type: potts, symbols: 4, temperature: 1.3, boundaries: [periodic, open, open]}", {2, 3, 5}},
      {"{type: binary_image, simulate: {text: X, scale: 1}, flip: {probability: 0.2}, coupling: 0.6, field: 0.1}",
       {11, 9}},
      {"{type: binary_image, simulate: {text: X, scale: 1}, gaussian: {std: 90.0}, coupling: 0.4, diagonal: 0.3}",
       {11, 9}},
      {"{type: binary_image, simulate: {text: X, scale: 1}, gaussian: {std: 90.0}, coupling: 0.4, diagonal: -0.3, "
       "boundaries: [periodic, periodic]}",
       {12, 10}},
      {"{type: rbm, file: FILE}", {6}},
      {"{type: dna, background: [0.4, 0.1, 0.2, 0.3]}", {5}},
      {"{type: dna, temperature: 1.4, motif: {boxes: [TTG, AT], conservation: 0.8, spacer: [1, 3]}}", {9}},
      {"{type: dna, alphabet: AB, background: [0.4, 0.6], motif: {boxes: [ABBA], conservation: [0.9, 0.5, 0.8, 0.7], "
       "offset: 2}}",
       {7}},
      {"{type: energy_table, symbols: 3, energies: [0.0, 1.0, -1.0, 0.5, 2.0, 0.25, 1.5, -0.5, 3.0]}", {2}}};
  return all;
}

struct Lab {
  explicit Lab(const Case& c, const base::Comm& comm = base::Comm::self())
      : domain(test::make_domain(c.shape, comm)), rbm(comm), target(builder.target(rbm.in(c.target), domain)) {}
  grid::Domain domain;
  test::SmallRbm rbm;
  test::Builder builder;
  std::unique_ptr<model::Target> target;

  [[nodiscard]] const model::SymbolEnergy& law() const { return *target->symbol_energy(); }
  [[nodiscard]] std::int64_t sites() const { return domain.lattice().sites(); }
  [[nodiscard]] double energy(const std::vector<double>& x) {
    model::DualField state(domain, "state");
    std::copy(x.begin(), x.end(), state.set_real().data());
    return target->evaluate(state, nullptr).value();
  }
  /// E(cell becomes symbol) - E(x), by the target's own changes.
  [[nodiscard]] double change(const std::vector<double>& x, std::int64_t cell, std::uint8_t symbol) {
    grid::Field field(domain, "state");
    std::copy(x.begin(), x.end(), field.data());
    grid::SymbolField symbols(domain, law().reach(), law().is_open());
    model::read_symbols(field, symbols);
    const grid::Index3& n = domain.lattice().n();
    model::SymbolRow row = model::symbol_row(domain, symbols, cell / n[2] / n[1], cell / n[2] % n[1]);
    row.first = cell % n[2];
    row.step = 2;
    row.count = 1;
    double found = 0.0;
    law().changes(row, &symbol, &found);
    return found;
  }
};

class Energies : public ::testing::TestWithParam<Case> {};

TEST_P(Energies, ChangesAreTheirDifferences) {
  Lab lab(GetParam());
  model::DualField state(lab.domain, "state");
  for (std::uint64_t trial = 0; trial < 3; ++trial) {
    lab.target->draw_prior({.seed = 5, .step = trial}, state);
    std::vector<double> x(state.real().data(), state.real().data() + lab.sites());
    const double before = lab.energy(x);
    for (std::int64_t cell = 0; cell < lab.sites(); ++cell) {
      for (int symbol = 0; symbol < lab.law().symbols(); ++symbol) {
        std::vector<double> y = x;
        y[static_cast<std::size_t>(cell)] = symbol;
        EXPECT_NEAR(lab.change(x, cell, static_cast<std::uint8_t>(symbol)), lab.energy(y) - before, 1e-12)
            << "cell " << cell << " symbol " << symbol;
      }
    }
  }
}

/// A cell's change of energy may depend on no other cell of its colour.
TEST_P(Energies, AColourHoldsNoTwoCellsOfATerm) {
  Lab lab(GetParam());
  const grid::Index3& n = lab.domain.lattice().n();
  const samplers::Colouring colouring(lab.domain.lattice(), lab.law());
  std::map<std::int64_t, int> colour_of;
  for (int colour = 0; colour < colouring.colours(); ++colour) {
    for (std::int64_t z = 0; z < n[0]; ++z) {
      for (std::int64_t y = 0; y < n[1]; ++y) {
        for (std::int64_t i = colouring.first(z, y, colour); i < n[2]; i += colouring.step()) {
          EXPECT_TRUE(colour_of.emplace((z * n[1] + y) * n[2] + i, colour).second) << "two colours";
        }
      }
    }
  }
  EXPECT_EQ(colour_of.size(), static_cast<std::size_t>(lab.sites()));
  model::DualField state(lab.domain, "state");
  lab.target->draw_prior({.seed = 6}, state);
  const std::vector<double> x(state.real().data(), state.real().data() + lab.sites());
  for (std::int64_t a = 0; a < lab.sites(); ++a) {
    const auto other = static_cast<std::uint8_t>(x[static_cast<std::size_t>(a)] == 0.0 ? 1 : 0);
    const double change = lab.change(x, a, other);
    for (std::int64_t b = 0; b < lab.sites(); ++b) {
      if (a == b || colour_of[a] != colour_of[b]) continue;
      for (int symbol = 0; symbol < lab.law().symbols(); ++symbol) {
        std::vector<double> y = x;
        y[static_cast<std::size_t>(b)] = symbol;
        EXPECT_EQ(lab.change(y, a, other), change) << "cells " << a << " and " << b;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Energies, ::testing::ValuesIn(cases()));

/// Numbers of a table in the order of a dictionary.
TEST(EnergyTable, HoldsTheEnergiesOfStates) {
  Lab lab({"{type: energy_table, symbols: 3, energies: [0.0, 1.0, -1.0, 0.5, 2.0, 0.25, 1.5, -0.5, 3.0]}", {2}});
  EXPECT_EQ(lab.energy({0.0, 1.0}), 1.0);
  EXPECT_EQ(lab.energy({1.0, 0.0}), 0.5);
  EXPECT_EQ(lab.energy({2.0, 2.0}), 3.0);
  for (const Case& wrong :
       {Case{"{type: energy_table, energies: [0.0, 1.0, 2.0]}", {2}},
        Case{"{type: energy_table, energies: [0.0, 1.0, 2.0, 3.0]}", {2, 1}},
        Case{"{type: energy_table, symbols: 3, energies: [0.0, 1.0]}", {60}}, Case{"energy_table", {2}}}) {
    EXPECT_THROW(Lab{wrong}, base::DeckError) << wrong.target;
  }
}

class Odd : public ::testing::TestWithParam<Case> {};
TEST_P(Odd, PeriodicAxesAreRefused) {
  Lab lab(GetParam());
  try {
    samplers::Colouring colouring(lab.domain.lattice(), lab.law());
    FAIL();
  } catch (const base::DeckError& error) {
    EXPECT_NE(std::string(error.what()).find("4 or 6"), std::string::npos) << error.what();
  }
}
INSTANTIATE_TEST_SUITE_P(Shapes, Odd,
                         ::testing::Values(Case{"{type: ising}", {5, 4}}, Case{"{type: potts, symbols: 3}", {5}},
                                           Case{"{type: ising, boundaries: [open, periodic]}", {3, 5}}));

}  // namespace
}  // namespace scorefield
