/// Samplers of symbols: the Ising torus against Kaufman's formula, Potts against enumeration, single sweeps against the
/// transition matrix that they should have, which itself is tested to keep the law.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "samplers/discrete/colouring.hpp"
#include "support/ising_torus.hpp"
#include "support/symbol_states.hpp"

namespace scorefield {
namespace {

using test::States;
using test::symbol_deck;
constexpr double critical = 2.269185314213022;

/// Published values, see reference of the test.
TEST(Oracle, IsingTorus) {
  EXPECT_NEAR(test::ising_torus(4, 4, 2.0).energy, -1.755380288777435, 1e-9);
  EXPECT_NEAR(test::ising_torus(4, 4, critical).specific_heat, 0.7832668259, 1e-8);
  EXPECT_NEAR(test::ising_torus(8, 8, critical).energy, -1.491589107439707, 1e-9);
  EXPECT_NEAR(test::ising_torus(8, 8, 3.0).specific_heat, 0.4839664714, 1e-8);
  EXPECT_NEAR(test::ising_torus(16, 16, 3.0).energy, -0.8176893678695545, 1e-9);
  EXPECT_NEAR(test::ising_torus(8, 12, 2.5).energy, test::ising_torus(12, 8, 2.5).energy, 1e-9);
}

struct Torus {
  const char* sampler;
  std::int64_t m, n;
  double temperature;
  int warmup, sweeps;
};
void PrintTo(const Torus& t, std::ostream* out) {
  *out << t.sampler << ' ' << t.m << " x " << t.n << " T " << t.temperature;
}
class OnTorus : public ::testing::TestWithParam<Torus> {};

/// 64 chains: means of E and of (E - <E>)^2, which is the specific heat. Below T_c chains start ordered: of a hot start
/// some would keep a stripe.
TEST_P(OnTorus, AgreesWithKaufman) {
  const Torus& torus = GetParam();
  const std::string start = torus.temperature > critical ? "prior" : "zero";
  test::Sampling s(symbol_deck("[" + std::to_string(torus.m) + ", " + std::to_string(torus.n) + "]",
                               "{type: ising, temperature: " + std::to_string(torus.temperature) + "}",
                               std::string("{type: ") + torus.sampler + ", start: " + start + "}"));
  const double temperature = std::stod(std::to_string(torus.temperature));
  const test::IsingTorus exact = test::ising_torus(torus.m, torus.n, temperature);
  test::expect_energy_and_heat(s, std::string(torus.sampler) + ' ' + ::testing::PrintToString(torus), temperature,
                               {exact.energy, exact.specific_heat}, torus.warmup, torus.sweeps);
}

INSTANTIATE_TEST_SUITE_P(
    Ising, OnTorus,
    ::testing::Values(Torus{"heat_bath", 8, 8, 3.0, 100, 3000}, Torus{"metropolis", 8, 8, 3.0, 100, 3000},
                      Torus{"heat_bath", 8, 12, 2.5, 200, 3000}, Torus{"heat_bath", 16, 16, 3.0, 100, 1500},
                      Torus{"metropolis", 8, 8, critical, 500, 5000}, Torus{"heat_bath", 8, 8, 2.0, 500, 5000},
                      Torus{"metropolis", 2, 4, 3.0, 50, 5000}, Torus{"swendsen_wang", 8, 8, critical, 50, 3000},
                      Torus{"swendsen_wang", 9, 7, 2.0, 50, 3000}, Torus{"multispin_metropolis", 8, 8, 3.0, 100, 3000},
                      Torus{"multispin_metropolis", 6, 132, 2.5, 100, 1000},
                      Torus{"multispin_metropolis", 4, 1026, 3.0, 50, 200}));
INSTANTIATE_TEST_SUITE_P(IsingLong, OnTorus,
                         ::testing::Values(Torus{"heat_bath", 32, 32, 3.0, 200, 3000},
                                           Torus{"metropolis", 32, 32, 2.0, 1000, 5000},
                                           Torus{"multispin_metropolis", 32, 32, critical, 10000, 40000},
                                           Torus{"metropolis", 16, 16, critical, 3000, 30000},
                                           Torus{"metropolis", 32, 32, critical, 10000, 40000},
                                           Torus{"swendsen_wang", 32, 32, critical, 200, 5000}));

struct Small {
  const char *shape, *target, *sampler;
};
void PrintTo(const Small& c, std::ostream* out) { *out << c.sampler << ' ' << c.target << ' ' << c.shape; }
class Sweeps : public ::testing::TestWithParam<Small> {};

/// The transition matrix of a sweep, cell after cell by the rule of the sampler: its rows sum to 1 and it keeps the law
/// to 1e-12. The sampler itself, 3,000 sweeps from every state of a dozen, goes where the matrix says: chi^2 of all
/// states it may reach, at 5 sigma.
TEST_P(Sweeps, HaveTheirTransitionMatrix) {
  const Small& small = GetParam();
  States states(symbol_deck(small.shape, small.target, small.sampler));
  const bool is_heat_bath = std::string(small.sampler) == "heat_bath";
  const samplers::Colouring colouring(states.s.domain->lattice(), *states.s.target->symbol_energy());
  const grid::Index3& n = states.s.domain->lattice().n();
  const auto sweep = [&](std::vector<double> p) {
    for (int colour = 0; colour < colouring.colours(); ++colour) {
      for (std::int64_t row = 0; row < n[0] * n[1]; ++row) {
        for (std::int64_t i = colouring.first(row / n[1], row % n[1], colour); i < n[2]; i += colouring.step()) {
          std::vector<double> next(p.size(), 0.0);
          for (std::int64_t from = 0; from < states.count; ++from) {
            if (p[static_cast<std::size_t>(from)] == 0.0) continue;
            double stay = 1.0;
            double norm = 0.0;
            for (int symbol = 0; symbol < states.q; ++symbol)
              norm += states.law[static_cast<std::size_t>(states.with(from, row * n[2] + i, symbol))];
            for (int symbol = 0; symbol < states.q; ++symbol) {
              const std::int64_t to = states.with(from, row * n[2] + i, symbol);
              if (to == from) continue;
              const double ratio =
                  states.law[static_cast<std::size_t>(to)] / states.law[static_cast<std::size_t>(from)];
              const double move = is_heat_bath ? states.law[static_cast<std::size_t>(to)] / norm
                                               : std::min(1.0, ratio) / (states.q - 1);
              next[static_cast<std::size_t>(to)] += move * p[static_cast<std::size_t>(from)];
              stay -= move;
            }
            next[static_cast<std::size_t>(from)] += stay * p[static_cast<std::size_t>(from)];
          }
          p = std::move(next);
        }
      }
    }
    return p;
  };
  const std::vector<double> kept = sweep(states.law);
  for (std::size_t i = 0; i < kept.size(); ++i) ASSERT_NEAR(kept[i], states.law[i], 1e-12);

  double worst = 0.0;
  for (std::int64_t k = 0; k < 12; ++k) {
    const std::int64_t from = k * 7919 % states.count;
    std::vector<double> row(static_cast<std::size_t>(states.count), 0.0);
    row[static_cast<std::size_t>(from)] = 1.0;
    row = sweep(std::move(row));
    double total = 0.0;
    for (const double p : row) total += p;
    ASSERT_NEAR(total, 1.0, 1e-12);
    constexpr int trials = 3000;
    std::vector<int> counts(row.size(), 0);
    for (int id = 0; id < trials; ++id) {
      ++counts[static_cast<std::size_t>(states.step(from, k * trials + id))];
    }
    worst = std::max(worst, test::z_of_counts(row, counts, trials));
  }
  std::printf("%s, %s: largest z of chi^2 %.2f\n", small.sampler, small.target, worst);
  EXPECT_LT(worst, 5.0);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Sweeps,
    ::testing::Values(
        Small{"[2, 4]", "{type: ising, temperature: 2.0, field: 0.2}", "metropolis"},
        Small{"[2, 4]", "{type: ising, temperature: 2.0, field: 0.2}", "heat_bath"},
        Small{"[3, 3]", "{type: ising, temperature: 1.5, boundaries: [open, open]}", "metropolis"},
        Small{"[6]", "{type: potts, symbols: 3, temperature: 1.1, field: [0.0, 0.3, -0.2]}", "metropolis"},
        Small{"[6]", "{type: potts, symbols: 3, temperature: 1.1, field: [0.0, 0.3, -0.2]}", "heat_bath"},
        Small{"[2, 2, 2]", "{type: ising, temperature: 4.0}", "heat_bath"},
        Small{"[2, 4]", "{type: ising, temperature: 2.0, field: 0.2}", "multispin_metropolis"},
        Small{"[2, 4]", "{type: ising, temperature: 1.7, couplings: [-0.7, 1.2]}", "multispin_metropolis"},
        Small{"[8]", "{type: ising, temperature: 1.7, field: -0.3}", "multispin_metropolis"},
        Small{"[2, 2, 2]", "{type: ising, temperature: 4.0, couplings: [1.0, 0.6, -0.4], field: 0.3}",
              "multispin_metropolis"},
        Small{"[3]", "{type: energy_table, energies: [0.0, 1.0, -1.0, 0.5, 2.0, 0.25, 1.5, -0.5]}", "metropolis"},
        Small{"[3]", "{type: energy_table, energies: [0.0, 1.0, -1.0, 0.5, 2.0, 0.25, 1.5, -0.5]}", "heat_bath"},
        Small{"[4]", "{type: dna, motif: {boxes: [T, AC], conservation: 0.7, spacer: [0, 1]}}", "metropolis"},
        Small{"[4]", "{type: dna, motif: {boxes: [T, AC], conservation: 0.7, spacer: [0, 1]}}", "heat_bath"}));

class Enumerated : public ::testing::TestWithParam<Small> {};

/// Mean energy, first symbol, and equality of first and last, against all states of a small lattice; 64 chains.
TEST_P(Enumerated, MeansAreThoseOfAllStates) {
  const Small& small = GetParam();
  States states(symbol_deck(small.shape, small.target, small.sampler));
  test::expect_means(
      states, std::string(small.sampler) + ", " + small.target, 100, 4000, [&](const double* x, double energy) {
        return std::vector<double>{energy, x[0], x[states.cells - 1] == x[0] ? 1.0 : 0.0, x[1] == x[0] ? 1.0 : 0.0};
      });
}

INSTANTIATE_TEST_SUITE_P(
    Clusters, Enumerated,
    ::testing::Values(
        Small{"[3, 3]", "{type: ising, temperature: 2.5}", "swendsen_wang"},
        Small{"[3, 3]", "{type: ising, temperature: 2.0, field: 0.3}", "swendsen_wang"},
        Small{"[2, 4]", "{type: ising, temperature: 1.8, couplings: [-1.0, 0.6], field: -0.2}", "swendsen_wang"},
        Small{"[3, 3]", "{type: ising, temperature: 2.0, couplings: [-1.0, -0.7], boundaries: [open, periodic]}",
              "swendsen_wang"},
        Small{"[2, 2, 2]", "{type: ising, temperature: 4.0, field: 0.5}", "swendsen_wang"},
        Small{"[7]", "{type: potts, symbols: 3, temperature: 0.9}", "swendsen_wang"},
        Small{"[2, 3]", "{type: potts, symbols: 4, temperature: 1.2, boundaries: [periodic, open]}", "swendsen_wang"},
        Small{"[2, 4]", "{type: ising, temperature: 2.0, field: 0.3}", "metropolis"},
        Small{"[2, 3]",
              "{type: potts, symbols: 4, temperature: 1.2, field: [0.1, 0.0, -0.4, 0.2], boundaries: [periodic, open]}",
              "heat_bath"}));

/// Potts q = 3 on 4 x 4 at its critical temperature, against published enumeration.
TEST(Potts, AgreesWithEnumeration) {
  for (const char* sampler : {"metropolis", "heat_bath", "swendsen_wang"}) {
    test::Sampling s(symbol_deck("[4, 4]", "{type: potts, symbols: 3, temperature: 0.99497286107182}", sampler));
    test::expect_energy_and_heat(s, sampler, test::critical_potts_temperature, test::critical_potts, 300, 6000);
  }
}

}  // namespace
}  // namespace scorefield
