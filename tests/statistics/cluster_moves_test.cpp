/// Swendsen-Wang moves: their transition matrix, summed over all choices of bonds, is in detailed balance with the law,
/// and the sampler goes where it says.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <numeric>

#include "support/symbol_states.hpp"

namespace scorefield {
namespace {

struct Clusters {
  const char *shape, *target;
  std::vector<double> couplings;  ///< K of each axis, slow to fast: what a pair costs more when it is not satisfied
  bool is_open;
  double pull;  ///< what symbol 0 costs more than symbol 1 by the field; 0 where there is none
};
void PrintTo(const Clusters& c, std::ostream* out) { *out << c.target << ' ' << c.shape; }
class ClusterMoves : public ::testing::TestWithParam<Clusters> {};

struct Pair {
  std::int64_t a, b;
  double coupling;
};

std::vector<Pair> pairs_of(const Clusters& c, const grid::Lattice& lattice) {
  const grid::Index3& n = lattice.n();
  std::vector<Pair> pairs;
  for (std::size_t k = 0; k < lattice.axes().size(); ++k) {
    const auto axis = static_cast<std::size_t>(lattice.axes()[k]);
    for (std::int64_t i = 0; i < lattice.sites(); ++i) {
      grid::Index3 at{i / (n[1] * n[2]), i / n[2] % n[1], i % n[2]};
      if (c.is_open && at[axis] + 1 == n[axis]) continue;
      at[axis] = (at[axis] + 1) % n[axis];
      pairs.push_back({i, (at[0] * n[1] + at[1]) * n[2] + at[2], c.couplings[k]});
    }
  }
  return pairs;
}

/// Row of the matrix: over all subsets of the satisfied pairs and of the pulls to the ghost, and over all symbols that
/// the clusters may take.
std::vector<double> row_of(const Clusters& c, const test::States& states, const std::vector<Pair>& pairs,
                           std::int64_t from) {
  std::vector<double> x(static_cast<std::size_t>(states.cells));
  states.write(from, x.data());
  std::vector<Pair> bonds;  // the ghost is cell number `cells`
  for (const Pair& pair : pairs) {
    const bool is_equal = x[static_cast<std::size_t>(pair.a)] == x[static_cast<std::size_t>(pair.b)];
    if (pair.coupling != 0.0 && is_equal == (pair.coupling > 0.0)) bonds.push_back(pair);
  }
  for (std::int64_t i = 0; c.pull != 0.0 && i < states.cells; ++i) {
    if ((x[static_cast<std::size_t>(i)] == 1.0) == (c.pull > 0.0)) bonds.push_back({i, states.cells, c.pull});
  }
  std::vector<double> row(static_cast<std::size_t>(states.count), 0.0);
  for (std::uint64_t subset = 0; subset < std::uint64_t{1} << bonds.size(); ++subset) {
    double weight = 1.0;
    std::vector<std::int64_t> label(x.size() + 1);
    std::iota(label.begin(), label.end(), 0);
    for (std::size_t b = 0; b < bonds.size(); ++b) {
      const double unbound = std::exp(-std::abs(bonds[b].coupling));
      const bool is_bound = (subset >> b & 1) != 0;
      weight *= is_bound ? 1.0 - unbound : unbound;
      if (!is_bound) continue;
      const std::int64_t old = label[static_cast<std::size_t>(bonds[b].a)];
      const std::int64_t kept = label[static_cast<std::size_t>(bonds[b].b)];
      for (std::int64_t& l : label) l = l == old ? kept : l;
    }
    std::vector<std::int64_t> free;  // labels of clusters without the ghost
    for (std::int64_t i = 0; i < states.cells; ++i) {
      const std::int64_t l = label[static_cast<std::size_t>(i)];
      if (l != label.back() && std::find(free.begin(), free.end(), l) == free.end()) free.push_back(l);
    }
    const auto outcomes = static_cast<std::int64_t>(std::pow(states.q, free.size()) + 0.5);
    for (std::int64_t outcome = 0; outcome < outcomes; ++outcome) {
      std::vector<double> y = x;
      std::int64_t rest = outcome;
      for (const std::int64_t l : free) {
        const auto symbol = static_cast<double>(rest % states.q);
        rest /= states.q;
        for (std::size_t i = 0; i < y.size(); ++i) {
          if (label[i] == l) y[i] = states.q == 2 ? std::abs(x[i] - symbol) : symbol;
        }
      }
      row[static_cast<std::size_t>(states.number(y.data()))] += weight / static_cast<double>(outcomes);
    }
  }
  return row;
}

TEST_P(ClusterMoves, HaveTheirTransitionMatrix) {
  const Clusters& c = GetParam();
  test::States states(test::symbol_deck(c.shape, c.target, "swendsen_wang"));
  const std::vector<Pair> pairs = pairs_of(c, states.s.domain->lattice());
  std::vector<std::vector<double>> matrix;
  for (std::int64_t from = 0; from < states.count; ++from) matrix.push_back(row_of(c, states, pairs, from));
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    ASSERT_NEAR(std::accumulate(matrix[i].begin(), matrix[i].end(), 0.0), 1.0, 1e-12);
    for (std::size_t j = 0; j < i; ++j)
      ASSERT_NEAR(states.law[i] * matrix[i][j], states.law[j] * matrix[j][i], 1e-12) << i << ' ' << j;
  }
  double worst = 0.0;
  for (std::int64_t k = 0; k < 12; ++k) {
    const std::int64_t from = k * 7919 % states.count;
    constexpr int trials = 3000;
    std::vector<int> counts(static_cast<std::size_t>(states.count), 0);
    for (int id = 0; id < trials; ++id) ++counts[static_cast<std::size_t>(states.step(from, k * trials + id))];
    worst = std::max(worst, test::z_of_counts(matrix[static_cast<std::size_t>(from)], counts, trials));
  }
  std::printf("%s: largest z of chi^2 %.2f\n", c.target, worst);
  EXPECT_LT(worst, 5.0);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ClusterMoves,
    ::testing::Values(
        Clusters{
            "[2, 3]", "{type: ising, temperature: 2.0, field: 0.3, boundaries: [open, open]}", {1.0, 1.0}, true, 0.3},
        Clusters{"[2, 2]",
                 "{type: ising, temperature: 1.5, couplings: [-1.0, 0.6], field: -0.2}",
                 {-2.0 / 1.5, 1.2 / 1.5},
                 false,
                 -0.4 / 1.5},
        Clusters{"[5]", "{type: potts, symbols: 3, temperature: 0.9}", {1.0 / 0.9}, false, 0.0},
        Clusters{"[2, 2, 2]",
                 "{type: ising, temperature: 4.0, boundaries: [open, open, open]}",
                 {0.5, 0.5, 0.5},
                 true,
                 0.0}));

}  // namespace
}  // namespace scorefield
