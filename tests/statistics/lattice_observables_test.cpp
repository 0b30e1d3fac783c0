/// Observables of spins and symbols: their means and the law of the magnetisation against sums over all states, worked
/// out here from the spins.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "support/drawn.hpp"
#include "support/flood_fill.hpp"

namespace scorefield {
namespace {

/// A small lattice, rows x columns, periodic or open as a whole.
struct Small {
  const char *target, *sampler;
  std::int64_t rows, columns;
  int kinds;
  double temperature, field;
  bool is_open;
  bool are_spins;  // Ising: J s s + h s; otherwise Potts: J delta
};
void PrintTo(const Small& c, std::ostream* out) { *out << c.sampler << ' ' << c.target; }

using State = std::vector<int>;

/// Differing pairs and pairs along an axis (0: to the next row).
std::array<double, 2> walls(const Small& c, const State& x, int axis) {
  std::array<double, 2> found{0.0, 0.0};
  for (std::int64_t i = 0; i < c.rows * c.columns; ++i) {
    std::int64_t row = i / c.columns + (axis == 0 ? 1 : 0);
    std::int64_t column = i % c.columns + (axis == 1 ? 1 : 0);
    if (c.is_open && (row == c.rows || column == c.columns)) continue;
    row %= c.rows;
    column %= c.columns;
    found[1] += 1.0;
    found[0] += x[static_cast<std::size_t>(i)] != x[static_cast<std::size_t>(row * c.columns + column)] ? 1.0 : 0.0;
  }
  return found;
}

double magnetisation(const State& x) {
  double sum = 0.0;
  for (const int symbol : x) sum += 2.0 * symbol - 1.0;
  return sum / static_cast<double>(x.size());
}

double energy(const Small& c, const State& x) {
  double sum = 0.0;
  for (const int axis : {0, 1}) {
    const auto [unequal, pairs] = walls(c, x, axis);
    sum -= c.are_spins ? pairs - 2.0 * unequal : pairs - unequal;
  }
  if (c.are_spins) sum -= c.field * magnetisation(x) * static_cast<double>(x.size());
  return sum / c.temperature;
}

/// In the order in which the deck names them.
std::vector<double> figures(const Small& c, const State& x) {
  const auto down = walls(c, x, 0);
  const auto right = walls(c, x, 1);
  std::vector<double> all{energy(c, x), (down[0] + right[0]) / (down[1] + right[1]), down[0] / down[1],
                          right[0] / right[1]};
  const auto of_clusters =
      test::cluster_figures(test::flood_fill({c.rows, 1, c.columns}, {c.is_open, false, c.is_open}, x));
  all.insert(all.end(), of_clusters.begin(), of_clusters.end());
  std::vector<double> counts(static_cast<std::size_t>(c.kinds), 0.0);
  for (const int symbol : x) counts[static_cast<std::size_t>(symbol)] += 1.0;
  const double most = *std::max_element(counts.begin(), counts.end()) / static_cast<double>(x.size());
  all.push_back((c.kinds * most - 1.0) / (c.kinds - 1.0));
  if (!c.are_spins) return all;
  const double m = magnetisation(x);
  all.insert(all.end(), {m, std::abs(m), m * m, m * m * m * m});
  // Averages over rows, at distance t along the slowest axis, which closes on itself.
  for (std::int64_t t = 0; t <= c.rows / 2; ++t) {
    double sum = 0.0;
    for (std::int64_t row = 0; row < c.rows; ++row) {
      const auto average = [&](std::int64_t r) {
        const auto first = x.begin() + (r % c.rows) * c.columns;
        return magnetisation(State(first, first + c.columns));
      };
      sum += average(row) * average(row + t) / static_cast<double>(c.rows);
    }
    all.push_back(sum);
  }
  return all;
}

class Enumerated : public ::testing::TestWithParam<Small> {};

/// 64 chains, |t_63| < 6 for some 20 figures in each of 7 cases.
TEST_P(Enumerated, ObservablesHaveTheirMeans) {
  const Small& c = GetParam();
  const auto cells = static_cast<std::size_t>(c.rows * c.columns);
  std::size_t count = 1;
  for (std::size_t i = 0; i < cells; ++i) count *= static_cast<std::size_t>(c.kinds);
  std::vector<double> exact;
  std::vector<double> law_of_m(cells + 1, 0.0);  // by the number of spins up
  double norm = 0.0;
  State x(cells);
  for (std::size_t state = 0; state < count; ++state) {
    std::size_t rest = state;
    for (int& symbol : x) {
      symbol = static_cast<int>(rest % static_cast<std::size_t>(c.kinds));
      rest /= static_cast<std::size_t>(c.kinds);
    }
    const std::vector<double> of_state = figures(c, x);
    const double weight = std::exp(-of_state[0]);
    norm += weight;
    exact.resize(of_state.size(), 0.0);
    for (std::size_t f = 0; f < exact.size(); ++f) exact[f] += weight * of_state[f];
    law_of_m[static_cast<std::size_t>(std::count(x.begin(), x.end(), 1))] += weight;
  }
  for (double& value : exact) value /= norm;
  for (double& p : law_of_m) p /= norm;

  std::string deck = "run: {seed: 3}\ndomain: {shape: [" + std::to_string(c.rows) + ", " + std::to_string(c.columns) +
                     "]}\ntarget: " + c.target + "\nsampler: " + c.sampler +
                     "\nobservables: [energy, domain_walls, cluster_sizes, potts_order";
  if (c.are_spins) deck += ", magnetisation, magnetisation_moments, correlation";
  test::Sampling s(deck + "]\n");
  test::Drawn drawn(s);
  constexpr int sweeps = 2000;
  std::vector<test::Average> means(exact.size());
  std::vector<test::Average> frequencies(law_of_m.size() + 1);  // rare ones count together, last
  const auto bin_of = [&](std::size_t up) { return law_of_m[up] * sweeps < 20.0 ? law_of_m.size() : up; };
  double rare = 0.0;
  for (std::size_t up = 0; up <= cells; ++up) rare += bin_of(up) == up ? 0.0 : law_of_m[up];
  for (int id = 0; id < 64; ++id) {
    auto chain = s.chain(id);
    std::vector<double> sums(exact.size(), 0.0);
    std::vector<double> counts(frequencies.size(), 0.0);
    for (int step = -100; step < sweeps; ++step) {
      s.sampler->step(*chain);
      if (step < 0) continue;
      const std::vector<double> values = drawn(*chain);
      ASSERT_EQ(values.size(), sums.size());
      for (std::size_t f = 0; f < sums.size(); ++f) sums[f] += values[f] / sweeps;
      if (c.are_spins)
        counts[bin_of(static_cast<std::size_t>(std::lround((values[8] + 1.0) / 2.0 * static_cast<double>(cells))))] +=
            1.0 / sweeps;
    }
    for (std::size_t f = 0; f < sums.size(); ++f) means[f].add(sums[f]);
    for (std::size_t i = 0; i < counts.size(); ++i) frequencies[i].add(counts[i]);
  }
  std::printf("%s, %s: t", c.sampler, c.target);
  for (std::size_t f = 0; f < exact.size(); ++f) {
    std::printf(" %.2f", means[f].z(exact[f]));
    EXPECT_LT(std::abs(means[f].z(exact[f])), 6.0) << "figure " << f;
  }
  double worst = 0.0;
  for (std::size_t up = 0; c.are_spins && up <= cells; ++up) {
    if (bin_of(up) == up) worst = std::max(worst, std::abs(frequencies[up].z(law_of_m[up])));
  }
  if (rare * sweeps >= 20.0) worst = std::max(worst, std::abs(frequencies.back().z(rare)));
  std::printf("; of P(M) at most %.2f\n", worst);
  EXPECT_LT(worst, 6.0);
}

constexpr const char* critical = "{type: ising, temperature: 2.27}";
constexpr const char* warm = "{type: ising, temperature: 3.0}";
constexpr const char* pulled = "{type: ising, temperature: 3.0, field: 0.25}";
constexpr const char* open = "{type: ising, temperature: 2.0, boundaries: [open, open]}";
INSTANTIATE_TEST_SUITE_P(Lattices, Enumerated,
                         ::testing::Values(Small{critical, "metropolis", 4, 4, 2, 2.27, 0.0, false, true},
                                           Small{critical, "swendsen_wang", 4, 4, 2, 2.27, 0.0, false, true},
                                           Small{warm, "heat_bath", 4, 4, 2, 3.0, 0.0, false, true},
                                           Small{pulled, "metropolis", 4, 4, 2, 3.0, 0.25, false, true},
                                           Small{open, "metropolis", 3, 5, 2, 2.0, 0.0, true, true},
                                           Small{"{type: potts, symbols: 3, temperature: 1.1}", "swendsen_wang", 3, 3,
                                                 3, 1.1, 0.0, false, false},
                                           Small{
                                               "{type: potts, symbols: 4, temperature: 0.9, boundaries: [open, open]}",
                                               "heat_bath", 2, 4, 4, 0.9, 0.0, true, false}));

}  // namespace
}  // namespace scorefield
