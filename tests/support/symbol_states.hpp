#pragma once
/// All states of small lattices of symbols, and counts of moves against the probabilities that they should have.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
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

}  // namespace scorefield::test
