#pragma once
/// All states of small lattices of symbols, and counts of moves against the probabilities that they should have.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/sampling_fixture.hpp"

namespace scorefield::test {

inline std::string symbol_deck(const std::string& shape, const std::string& target, const std::string& sampler) {
  return "run: {seed: 31}\ndomain: {shape: " + shape + "}\ntarget: " + target + "\nsampler: " + sampler + "\n";
}

using MakeTarget = std::function<std::unique_ptr<model::Target>(const grid::Domain&)>;

/// Puts a target that the test makes in place of the deck's, where one is given; returns the one that stays.
inline model::Target& replaced(Sampling& s, const MakeTarget& make) {
  if (make) {
    const auto seed = static_cast<std::uint64_t>(s.deck.options.run.seed);
    s.sampler.reset();
    s.target = make(*s.domain);
    const model::SamplerContext context{*s.domain, *s.target, seed, s.deck.options.run.warmup, &s.components};
    s.sampler = s.components.samplers.build(s.deck.options.sampler, context);
  }
  return *s.target;
}

/// All states of a small lattice, by number: symbol of cell i is digit i in base q.
struct States {
  Sampling s;
  int q;
  std::int64_t cells, count;
  std::vector<double> law;  // exp(-E), normalised
  std::vector<double> energies;

  /// Of the deck's target, or of one that the test makes in its place.
  explicit States(const std::string& text, const MakeTarget& make = {})
      : s(text), q(replaced(s, make).symbol_energy()->symbols()), cells(s.domain->lattice().sites()), count(1) {
    for (std::int64_t i = 0; i < cells; ++i) count *= q;
    double norm = 0.0;
    for (std::int64_t state = 0; state < count; ++state) {
      model::DualField x(*s.domain, "state");
      write(state, x.set_real().data());
      energies.push_back(s.target->evaluate(x, nullptr).value());
      law.push_back(std::exp(-energies.back()));
      norm += law.back();
    }
    for (double& p : law) p /= norm;
  }
  void write(std::int64_t state, double* x) const {
    for (std::int64_t i = 0; i < cells; ++i, state /= q) x[i] = static_cast<double>(state % q);
  }
  [[nodiscard]] std::int64_t number(const double* x) const {
    std::int64_t state = 0;
    for (std::int64_t i = cells; i-- > 0;) state = state * q + static_cast<std::int64_t>(x[i]);
    return state;
  }
  [[nodiscard]] int symbol(std::int64_t state, std::int64_t cell) const {
    for (std::int64_t i = 0; i < cell; ++i) state /= q;
    return static_cast<int>(state % q);
  }
  [[nodiscard]] std::int64_t with(std::int64_t state, std::int64_t cell, int symbol) const {
    std::int64_t unit = 1;
    for (std::int64_t i = 0; i < cell; ++i) unit *= q;
    return state + (symbol - state / unit % q) * unit;
  }
  [[nodiscard]] double probability(std::int64_t state) const { return law[static_cast<std::size_t>(state)]; }
  [[nodiscard]] double energy(std::int64_t state) const { return energies[static_cast<std::size_t>(state)]; }

  /// Where one step of a fresh chain leads from a state.
  [[nodiscard]] std::int64_t step(std::int64_t from, std::int64_t id) {
    auto chain = s.sampler->make_chain(id);
    write(from, chain->x.set_real().data());
    s.sampler->adopt(*chain);
    s.sampler->step(*chain);
    s.sampler->settle(*chain);
    return number(chain->x.real().data());
  }
};

/// chi^2 of counts against the probabilities of all states, as a normal variate (Wilson & Hilferty: the cube root of
/// chi^2 / d is nearly normal). States that are expected less than five times count as one; those that cannot be must
/// not be.
inline double z_of_counts(const std::vector<double>& probabilities, const std::vector<int>& counts, int trials) {
  double chi2 = 0.0;
  double rest = 0.0;
  double rest_count = 0.0;
  int classes = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const double expected = probabilities[i] * trials;
    if (expected < 5.0) {
      if (probabilities[i] < 1e-14) {
        EXPECT_EQ(counts[i], 0) << "a move that cannot be";
      }
      rest += expected;
      rest_count += counts[i];
      continue;
    }
    chi2 += std::pow(counts[i] - expected, 2) / expected;
    ++classes;
  }
  if (rest > 5.0) {
    chi2 += std::pow(rest_count - rest, 2) / rest;
    ++classes;
  }
  EXPECT_GT(classes, 1);
  const double d = classes - 1;
  return (std::cbrt(chi2 / d) - (1.0 - 2.0 / (9.0 * d))) / std::sqrt(2.0 / (9.0 * d));
}

/// Means of some figures of state and energy over 64 chains of so many steps after the warm-up, against their means
/// over the states that `counts` (all where it is not given): t of 63 below 6.
inline void expect_means(States& states, const std::string& name, int warmup, int steps,
                         const std::function<std::vector<double>(const double*, double)>& figures,
                         const std::function<bool(const double*)>& counts = {}) {
  std::vector<double> exact;
  double norm = 0.0;
  std::vector<double> x(static_cast<std::size_t>(states.cells));
  for (std::int64_t state = 0; state < states.count; ++state) {
    states.write(state, x.data());
    if (counts && !counts(x.data())) continue;
    const std::vector<double> of_state = figures(x.data(), states.energy(state));
    exact.resize(of_state.size(), 0.0);
    for (std::size_t f = 0; f < exact.size(); ++f) exact[f] += states.probability(state) * of_state[f];
    norm += states.probability(state);
  }
  std::vector<Average> means(exact.size());
  for (int id = 0; id < 64; ++id) {
    auto chain = states.s.chain(id);
    std::vector<double> sums(exact.size(), 0.0);
    for (int step = -warmup; step < steps; ++step) {
      states.s.sampler->step(*chain);
      if (step < 0) continue;
      states.s.sampler->settle(*chain);
      const double* symbols = chain->x.real().data();
      if (counts) {
        ASSERT_TRUE(counts(symbols)) << "chain " << id << " step " << step;
      }
      const std::vector<double> now = figures(symbols, chain->energy.value());
      for (std::size_t f = 0; f < exact.size(); ++f) sums[f] += now[f] / steps;
    }
    for (std::size_t f = 0; f < exact.size(); ++f) means[f].add(sums[f]);
  }
  std::printf("%s: t", name.c_str());
  for (std::size_t f = 0; f < exact.size(); ++f) {
    std::printf(" %.2f", means[f].z(exact[f] / norm));
    EXPECT_LT(std::abs(means[f].z(exact[f] / norm)), 6.0) << "figure " << f;
  }
  std::printf("\n");
}

/// Energy and specific heat per cell.
struct EnergyAndHeat {
  double energy, specific_heat;
};
/// Of Potts, q = 3, on 4 x 4 at this temperature, its critical one, by enumeration (published).
constexpr double critical_potts_temperature = 0.99497286107182;
constexpr EnergyAndHeat critical_potts{-1.7100622755048, 1.51188124190161};

/// Means of E T and of its square about the exact mean, which is the specific heat, over 64 chains: t of 63 below 6.
inline void expect_energy_and_heat(Sampling& s, const std::string& name, double temperature, const EnergyAndHeat& exact,
                                   int warmup, int steps) {
  const auto sites = static_cast<double>(s.domain->lattice().sites());
  Average energy;
  Average heat;
  double acceptance = 0.0;
  for (int id = 0; id < 64; ++id) {
    auto chain = s.chain(id);
    double sum = 0.0;
    double squares = 0.0;
    for (int step = -warmup; step < steps; ++step) {
      s.sampler->step(*chain);
      if (step < 0) continue;
      s.sampler->settle(*chain);
      const double e = chain->energy.value() * temperature / sites;
      sum += e / steps;
      squares += std::pow(e - exact.energy, 2) / steps;
      acceptance += chain->acceptance / (64.0 * steps);
    }
    energy.add(sum);
    heat.add(squares * sites / (temperature * temperature));
  }
  std::printf("%s: acceptance %.3f, t of energy %.2f, of specific heat %.2f\n", name.c_str(), acceptance,
              energy.z(exact.energy), heat.z(exact.specific_heat));
  EXPECT_LT(std::abs(energy.z(exact.energy)), 6.0);
  EXPECT_LT(std::abs(heat.z(exact.specific_heat)), 6.0);
}

}  // namespace scorefield::test
