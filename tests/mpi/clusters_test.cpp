/// Observables of symbols on configurations made by hand and at random: the same values on any number of ranks, those
/// of a flood fill on one.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/errors.hpp"
#include "support/drawn.hpp"
#include "support/fields.hpp"
#include "support/flood_fill.hpp"

namespace scorefield {
namespace {

using Symbol = std::function<int(std::int64_t, std::int64_t, std::int64_t)>;

struct Lattice {
  std::string shape, boundaries;
};

struct Lab {
  test::Sampling s;
  test::Drawn drawn;
  std::unique_ptr<model::Chain> chain;

  Lab(const Lattice& l, const std::string& observables, const base::Comm& comm = base::Comm::world())
      : s("run: {seed: 1}\ndomain: {shape: " + l.shape + "}\ntarget: {type: potts, symbols: 3, boundaries: " +
              l.boundaries + "}\nsampler: swendsen_wang\nobservables: [" + observables + "]\n",
          comm),
        drawn(s),
        chain(s.chain(0)) {}

  std::vector<double> values(const Symbol& symbol) {
    const grid::Field& x = chain->x.set_real();
    const grid::Box& box = x.box();
    double* value = x.data();
    for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z) {
      for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y) {
        for (std::int64_t i = 0; i < x.row_length(); ++i) *value++ = symbol(z, y, i);
      }
    }
    return drawn.of_state(*chain);
  }
};

void expect_clusters(const Lattice& l, const Symbol& symbol, double number, double largest, double mean) {
  const std::vector<double> found = Lab(l, "cluster_sizes").values(symbol);
  EXPECT_EQ(found, (std::vector<double>{number, largest, mean})) << l.shape << ' ' << l.boundaries;
}

TEST(Clusters, OneSymbolIsOneCluster) {
  for (const char* shape : {"[12, 4]", "[1, 5]", "[7, 1]"}) {
    expect_clusters(
        {shape, "[open, open]"}, [](auto, auto, auto) { return 1; }, 1.0, 1.0,
        std::string(shape) == "[12, 4]"  ? 48.0
        : std::string(shape) == "[1, 5]" ? 5.0
                                         : 7.0);
  }
}

/// A column through all rows of all ranks, which parts the rest where the image ends and not where it closes on itself.
TEST(Clusters, AColumnGoesThroughAllRanks) {
  const Symbol column = [](auto, auto, std::int64_t x) { return x == 3 ? 1 : 0; };
  expect_clusters({"[12, 8]", "[open, open]"}, column, 3.0, 0.5, (36.0 * 36.0 + 12.0 * 12.0 + 48.0 * 48.0) / 96.0);
  expect_clusters({"[12, 8]", "[open, periodic]"}, column, 2.0, 0.875, (84.0 * 84.0 + 12.0 * 12.0) / 96.0);
}

/// Rows: each rank has but a part, joined over the end of the lattice alone.
TEST(Clusters, RowsJoinOverTheEndOfAPeriodicAxis) {
  const Symbol band = [](std::int64_t z, auto, auto) { return z == 5 || z == 6 ? 1 : 0; };
  expect_clusters({"[12, 2]", "[periodic, open]"}, band, 2.0, 20.0 / 24.0, (20.0 * 20.0 + 4.0 * 4.0) / 24.0);
  expect_clusters({"[12, 2]", "[open, open]"}, band, 3.0, 10.0 / 24.0, (2.0 * 10.0 * 10.0 + 4.0 * 4.0) / 24.0);
}

/// A snake that crosses every border between rows again and again: labels must go forth and back.
TEST(Clusters, ASnakeIsOneCluster) {
  const std::int64_t rows = 12;
  const Symbol snake = [=](std::int64_t z, auto, std::int64_t x) {
    if (x % 2 == 0) return 1;
    return z == (x % 4 == 1 ? rows - 1 : 0) ? 1 : 0;
  };
  // 8 columns of 12 cells with a cell after each that leads on; the 11 cells beside that one are apart from all others.
  const double line = 8.0 * 12.0 + 8.0;
  expect_clusters({"[12, 16]", "[open, open]"}, snake, 9.0, line / 192.0, (line * line + 8.0 * 11.0 * 11.0) / 192.0);
}

TEST(Clusters, AChessboardHasNone) {
  const Symbol chess = [](std::int64_t z, auto, std::int64_t x) { return static_cast<int>((z + x) % 2); };
  expect_clusters({"[6, 8]", "[periodic, periodic]"}, chess, 48.0, 1.0 / 48.0, 1.0);
  const std::vector<double> walls = Lab({"[6, 8]", "[periodic, open]"}, "domain_walls, potts_order").values(chess);
  EXPECT_EQ(walls, (std::vector<double>{1.0, 1.0, 1.0, 0.25}));
}

/// Walls of a band of 2 rows in 12: two walls in 12 pairs of rows, or in 11 where the axis ends; none along x.
TEST(Walls, OfABand) {
  const Symbol band = [](std::int64_t z, auto, auto) { return z == 5 || z == 6 ? 1 : 0; };
  EXPECT_EQ(Lab({"[12, 4]", "[periodic, periodic]"}, "domain_walls").values(band),
            (std::vector<double>{1.0 / 12.0, 1.0 / 6.0, 0.0}));
  EXPECT_EQ(Lab({"[12, 4]", "[open, open]"}, "domain_walls").values(band),
            (std::vector<double>{8.0 / (44.0 + 36.0), 2.0 / 11.0, 0.0}));
  EXPECT_EQ(Lab({"[1, 6]", "[open, open]"}, "domain_walls").values([](auto, auto, std::int64_t x) { return x == 0; }),
            (std::vector<double>{0.2, 0.0, 0.2}));
}

/// Random symbols near the threshold of percolation, in 1-D to 3-D: the values of a flood fill, on all ranks.
TEST(Clusters, AreThoseOfAFloodFill) {
  for (const Lattice& l :
       {Lattice{"[31]", "[open]"}, Lattice{"[17, 23]", "[open, periodic]"}, Lattice{"[24, 30]", "[periodic, open]"},
        Lattice{"[2, 40]", "[periodic, periodic]"}, Lattice{"[7, 6, 9]", "[periodic, open, periodic]"},
        Lattice{"[2, 11, 5]", "[open, periodic, open]"}}) {
    Lab lab(l, "cluster_sizes");
    const grid::Index3& n = lab.s.domain->lattice().n();
    const auto is_open = lab.s.target->symbol_energy()->is_open();
    for (int trial = 0; trial < 5; ++trial) {
      const Symbol symbol = [&](std::int64_t z, std::int64_t y, std::int64_t x) {
        return test::value_at(trial, z, y, x) < 0.1 ? 2 : 0;
      };
      std::vector<int> all;
      for (std::int64_t z = 0; z < n[0]; ++z) {
        for (std::int64_t y = 0; y < n[1]; ++y) {
          for (std::int64_t x = 0; x < n[2]; ++x) all.push_back(symbol(z, y, x));
        }
      }
      const auto expected = test::cluster_figures(test::flood_fill({n[0], n[1], n[2]}, is_open, all));
      EXPECT_EQ(lab.values(symbol), std::vector<double>(expected.begin(), expected.end()))
          << l.shape << " trial " << trial;
    }
  }
}

TEST(Observables, OfSymbolsRefuseNumbers) {
  for (const char* name : {"cluster_sizes", "domain_walls", "potts_order"}) {
    test::Sampling s(test::white_deck("hmc") + "observables: [" + name + "]\n", base::Comm::world());
    EXPECT_THROW(test::Drawn{s}, base::DeckError) << name;
  }
}

}  // namespace
}  // namespace scorefield
