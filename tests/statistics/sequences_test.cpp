/// Sequences of letters: laws of position weights, couplings and motifs against closed forms, transfer matrices and
/// enumeration; kept sums against sums made anew; what is refused.

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "model/symbol_target.hpp"
#include "support/builder.hpp"
#include "support/fields.hpp"
#include "base/errors.hpp"
#include "support/sampling_fixture.hpp"
#include "support/sequences.hpp"

namespace scorefield {
namespace {

using test::Average;
using test::Files;

/// Frequencies of each letter at each site and of each pair of letters at neighbouring sites: what is compared.
struct Marginals {
  std::int64_t sites;
  int q;
  std::vector<double> values;

  Marginals(std::int64_t L, int symbols)
      : sites(L), q(symbols), values(static_cast<std::size_t>(L * q + (L - 1) * q * q), 0.0) {}
  double& site(std::int64_t i, int a) { return values[static_cast<std::size_t>(i * q + a)]; }
  double& pair(std::int64_t i, int a, int b) {
    return values[static_cast<std::size_t>(sites * q + (i * q + a) * q + b)];
  }
  template <class Symbols>
  void add(const Symbols& s, double weight) {
    for (std::int64_t i = 0; i < sites; ++i) {
      site(i, static_cast<int>(s[i])) += weight;
      if (i + 1 < sites) pair(i, static_cast<int>(s[i]), static_cast<int>(s[i + 1])) += weight;
    }
  }
};

/// By enumeration of e^-E.
template <class Energy>
Marginals enumerate(std::int64_t sites, int q, const Energy& energy) {
  Marginals law(sites, q);
  std::int64_t count = 1;
  for (std::int64_t i = 0; i < sites; ++i) count *= q;
  std::vector<std::uint8_t> s(static_cast<std::size_t>(sites));
  double norm = 0.0;
  for (std::int64_t state = 0; state < count; ++state) {
    std::int64_t rest = state;
    for (auto& symbol : s) {
      symbol = static_cast<std::uint8_t>(rest % q);
      rest /= q;
    }
    const double weight = std::exp(-energy(s));
    law.add(s.data(), weight);
    norm += weight;
  }
  for (double& value : law.values) value /= norm;
  return law;
}

/// By transfer matrices, of a model whose couplings tie next neighbours alone.
Marginals transfer(const test::PottsModel& model) {
  const auto q = static_cast<int>(model.symbols);
  const auto L = model.sites;
  using Row = std::vector<double>;
  std::vector<Row> left(static_cast<std::size_t>(L), Row(static_cast<std::size_t>(q), 1.0)), right = left;
  const auto normalise = [](Row& row) {
    double sum = 0.0;
    for (const double value : row) sum += value;
    for (double& value : row) value /= sum;
  };
  const auto bond = [&](std::int64_t i, int a, int b) { return std::exp(model.coupling(i, i + 1, a, b)); };
  const auto h = [&](std::int64_t i, int a) { return std::exp(model.field(i, a)); };
  const auto u = [](std::int64_t i) { return static_cast<std::size_t>(i); };
  for (std::int64_t i = 1; i < L; ++i) {
    for (int b = 0; b < q; ++b) {
      double sum = 0.0;
      for (int a = 0; a < q; ++a) sum += left[u(i - 1)][u(a)] * h(i - 1, a) * bond(i - 1, a, b);
      left[u(i)][u(b)] = sum;
    }
    normalise(left[u(i)]);
  }
  for (std::int64_t i = L - 1; i-- > 0;) {
    for (int a = 0; a < q; ++a) {
      double sum = 0.0;
      for (int b = 0; b < q; ++b) sum += bond(i, a, b) * h(i + 1, b) * right[u(i + 1)][u(b)];
      right[u(i)][u(a)] = sum;
    }
    normalise(right[u(i)]);
  }
  Marginals law(L, q);
  for (std::int64_t i = 0; i + 1 < L; ++i) {
    double norm = 0.0;
    for (int a = 0; a < q; ++a) {
      for (int b = 0; b < q; ++b) {
        law.pair(i, a, b) = left[u(i)][u(a)] * h(i, a) * bond(i, a, b) * h(i + 1, b) * right[u(i + 1)][u(b)];
        norm += law.pair(i, a, b);
      }
    }
    for (int a = 0; a < q; ++a) {
      for (int b = 0; b < q; ++b) {
        law.pair(i, a, b) /= norm;
        law.site(i, a) += law.pair(i, a, b);
        if (i + 2 == L) law.site(i + 1, b) += law.pair(i, a, b);
      }
    }
  }
  return law;
}

/// 64 chains: |t_63| of each frequency. Where thousands are compared, the largest of them is nearer 4 than 1; 6 holds
/// for all with 3e-4 of a false alarm.
void expect_marginals(const std::string& text, const Marginals& exact, int sweeps, const char* name, int warmup = 100) {
  test::Sampling s(text);
  std::vector<Average> means(exact.values.size());
  for (int id = 0; id < 64; ++id) {
    auto chain = s.chain(id);
    Marginals now(exact.sites, exact.q);
    for (int step = -warmup; step < sweeps; ++step) {
      s.sampler->step(*chain);
      if (step < 0) continue;
      s.sampler->settle(*chain);
      now.add(chain->x.real().data(), 1.0 / sweeps);
    }
    for (std::size_t k = 0; k < means.size(); ++k) means[k].add(now.values[k]);
  }
  double worst = 0.0;
  std::size_t compared = 0;
  for (std::size_t k = 0; k < means.size(); ++k) {
    // Rare pairs are not normal over 64 chains.
    if (exact.values[k] * sweeps < 25.0) continue;
    ++compared;
    const double t = std::abs(means[k].z(exact.values[k]));
    EXPECT_LT(t, 6.0) << name << " frequency " << k << " is " << exact.values[k];
    worst = std::max(worst, t);
  }
  std::printf("%s: %zu frequencies, largest |t| %.2f\n", name, compared, worst);
  EXPECT_GT(compared, static_cast<std::size_t>(exact.sites * exact.q / 2));
}

TEST(Marginals, OfNeighboursAgreeWithTransferMatrices) {
  const Files files;
  const Marginals exact = transfer(files.chain);
  for (const char* sampler : {"metropolis", "heat_bath"}) {
    expect_marginals(test::sequence_deck(50, "couplings: " + files.at("chain.h5"), sampler), exact, 4000, sampler);
  }
}

TEST(Marginals, OfAllPairsAgreeWithEnumeration) {
  const Files files;
  const Marginals exact = enumerate(6, 4, [&](const auto& s) { return files.small.energy(s); });
  for (const char* sampler : {"metropolis", "heat_bath"}) {
    expect_marginals(test::sequence_deck(6, "couplings: " + files.at("small.h5"), sampler), exact, 8000, sampler);
  }
}

/// Each letter on its own: e^(w / T) b, over its sum.
TEST(Marginals, OfPositionWeightsAreAProduct) {
  const Files files;
  const std::vector<std::array<double, 4>> weights{{-1.0, 0.3, 0.0, 0.5}, {0.1, -0.7, 0.4, 2.0}, {0.0, 1.5, 0.6, -0.2}};
  const std::array<double, 4> b{0.4, 0.1, 0.2, 0.3};
  const Marginals exact = enumerate(3, 4, [&](const auto& s) {
    double energy = 0.0;
    for (std::size_t i = 0; i < 3; ++i) energy -= weights[i].at(s[i]) / 1.5 + std::log(b.at(s[i]));
    return energy;
  });
  const std::string target = "temperature: 1.5, background: [0.4, 0.1, 0.2, 0.3], weights: " + files.at("weights.csv");
  expect_marginals(test::sequence_deck(3, target, "metropolis"), exact, 8000, "weights");
}

/// Of counts the law is that of the counts, with the pseudocount: (n + c b) / (N + c).
TEST(Marginals, OfCountsAreTheirFrequencies) {
  const Files files;
  Marginals counts(3, 4), sequences(3, 4);
  const std::vector<std::array<double, 4>> n{{8, 1, 0, 3}, {2, 2, 2, 6}, {0, 0, 12, 0}};
  const std::vector<std::array<double, 4>> m{{3, 0, 0, 0}, {0, 2, 0, 1}, {0, 0, 3, 0}};
  const std::array<double, 4> b{0.4, 0.1, 0.2, 0.3};
  for (Marginals* law : {&counts, &sequences}) {
    const auto& of = law == &counts ? n : m;
    const double all = law == &counts ? 12.0 : 3.0;
    for (std::int64_t i = 0; i < 3; ++i) {
      for (int a = 0; a < 4; ++a) {
        const auto p = [&](std::int64_t at, int letter) {
          return (of[static_cast<std::size_t>(at)].at(static_cast<std::size_t>(letter)) +
                  2.0 * b.at(static_cast<std::size_t>(letter))) /
                 (all + 2.0);
        };
        law->site(i, a) = p(i, a);
        for (int c = 0; i < 2 && c < 4; ++c) law->pair(i, a, c) = p(i, a) * p(i + 1, c);
      }
    }
  }
  const std::string common = "background: [0.4, 0.1, 0.2, 0.3], pseudocount: 2.0, ";
  expect_marginals(test::sequence_deck(3, common + "counts: " + files.at("counts.csv"), "heat_bath"), counts, 4000,
                   "counts");
  expect_marginals(test::sequence_deck(3, common + "sequences: " + files.at("three.fasta"), "heat_bath"), sequences,
                   4000, "FASTA");
  test::Sampling fasta(test::sequence_deck(3, common + "sequences: " + files.at("three.fasta"), "heat_bath"));
  test::Sampling csv(test::sequence_deck(3, common + "sequences: " + files.at("three.csv"), "heat_bath"));
  auto a = fasta.chain(0);
  auto c = csv.chain(0);
  fasta.sampler->settle(*a);
  csv.sampler->settle(*c);
  EXPECT_EQ(a->energy.value(), c->energy.value());
}

/// The law of a motif at T = 1 as a mixture over placements; at other T by its definition, all sequences.
struct Motif {
  std::string first, second;
  double f;
  std::int64_t shortest, longest;
  std::array<double, 4> b;

  [[nodiscard]] double score(const std::string& box, const std::uint8_t* s) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < box.size(); ++k) {
      const bool is_common = s[k] == std::string("ACGT").find(box[k]);
      sum += std::log((is_common ? f : (1.0 - f) / 3.0) / b.at(s[k]));
    }
    return sum;
  }
  [[nodiscard]] double energy(const std::vector<std::uint8_t>& s, double temperature, std::int64_t offset = -1) const {
    double sum = 0.0;
    for (std::int64_t o = 0; o < std::ssize(s); ++o) {
      if (offset >= 0 && o != offset) continue;
      for (std::int64_t spacer = shortest; spacer <= longest; ++spacer) {
        const std::int64_t then = o + std::ssize(first) + spacer;
        if (then + std::ssize(second) > std::ssize(s)) continue;
        sum += std::exp((score(first, s.data() + o) + score(second, s.data() + then)) / temperature);
      }
    }
    double background = 0.0;
    for (const auto symbol : s) background += std::log(4.0 * b.at(symbol));
    return -background - std::log(sum);
  }
};

TEST(Marginals, OfASpacedMotifAgreeWithEnumeration) {
  const Motif motif{"TG", "AT", 0.8, 1, 2, {0.3, 0.2, 0.1, 0.4}};
  const std::string common =
      "background: [0.3, 0.2, 0.1, 0.4], motif: {boxes: [TG, AT], conservation: 0.8, spacer: [1, 2]";
  for (const double temperature : {1.0, 1.7}) {
    const Marginals exact = enumerate(7, 4, [&](const auto& s) { return motif.energy(s, temperature); });
    const std::string text = "temperature: " + std::to_string(temperature) + ", " + common + "}";
    expect_marginals(test::sequence_deck(7, text, "heat_bath"), exact, 4000, "motif anywhere");
  }
  const Marginals exact = enumerate(7, 4, [&](const auto& s) { return motif.energy(s, 1.0, 1); });
  expect_marginals(test::sequence_deck(7, common + ", offset: 1}", "metropolis"), exact, 4000,
                   "motif at a given offset");
}

/// The target's energy is the formula's.
TEST(Energies, AreThoseOfTheFormulas) {
  const Files files;
  const Motif motif{"TG", "AT", 0.8, 1, 3, {0.3, 0.2, 0.1, 0.4}};
  test::Builder builder;
  const grid::Domain domain = test::make_domain({6}, base::Comm::self());
  const std::string background = "background: [0.3, 0.2, 0.1, 0.4]";
  const auto target = builder.target("{type: dna, " + background + ", couplings: " + files.at("small.h5") +
                                         ", motif: {boxes: [TG, AT], conservation: 0.8, spacer: [1, 3]}}",
                                     domain);
  model::DualField x(domain, "state");
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    target->draw_prior({.seed = 3, .step = trial}, x);
    std::vector<std::uint8_t> s(6);
    for (std::size_t i = 0; i < s.size(); ++i) s[i] = static_cast<std::uint8_t>(x.real().data()[i]);
    // 21 terms, each rounded to 2^-24.
    EXPECT_NEAR(target->evaluate(x, nullptr).value(), files.small.energy(s) + motif.energy(s, 1.0), 27 * 0x1p-25);
  }
}

/// After many sweeps the kept sums are those of the sequence, made anew, and a sampler that forgets its sums comes to
/// the same states.
TEST(KeptSums, HaveTheBitsOfSumsMadeAnew) {
  const Files files;
  const model::PairScores scores(12, 21, files.protein.h, files.protein.J);
  EXPECT_EQ(scores.unit(), 0x1p-24);
  model::KeptSums kept(scores);
  std::vector<std::uint8_t> s(12, 0);
  for (std::uint64_t move = 0; move < 20000; ++move) {
    const auto site = static_cast<std::size_t>(12 * noise::uniform({.seed = 5}, 2 * move));
    s[site] = static_cast<std::uint8_t>(21 * noise::uniform({.seed = 5}, 2 * move + 1));
    kept.set(static_cast<std::int64_t>(site), s[site]);
  }
  model::KeptSums anew(scores);
  anew.follow(s.data());
  for (std::int64_t i = 0; i < 12; ++i) {
    for (int a = 0; a < 21; ++a) {
      ASSERT_EQ(kept.at(i)[a], scores.score(s.data(), i, a)) << "site " << i << " letter " << a;
      ASSERT_EQ(kept.at(i)[a], anew.at(i)[a]);
    }
  }
}

TEST(KeptSums, SweepsGoWhereTheyWouldWithoutThem) {
  const Files files;
  for (const char* sampler :
       {"metropolis", "heat_bath",
        "{type: parallel_tempering, sampler: metropolis, hottest: 3.0, rungs: 3, swap_every: 2}"}) {
    const std::string text =
        test::sequence_deck(12, "alphabet: ACDEFGHIKLMNPQRSTVWY-, couplings: " + files.at("protein.h5"), sampler);
    test::Replicas kept(text), forgetful(text);
    for (int step = 0; step < 300; ++step) {
      kept.step();
      forgetful.step();
      for (auto& chain : forgetful.chains) {
        forgetful.s.sampler->settle(*chain);
        auto fresh = forgetful.s.sampler->make_chain(chain->id);
        std::swap(fresh->x, chain->x);
        std::swap(fresh->coupling, chain->coupling);
        fresh->step = chain->step;
        forgetful.s.sampler->adopt(*fresh);
        chain = std::move(fresh);
      }
      for (std::size_t k = 0; k < kept.chains.size(); ++k) {
        forgetful.ensemble.chains[k] = forgetful.chains[k].get();
        kept.s.sampler->settle(*kept.chains[k]);
        for (int i = 0; i < 12; ++i) {
          ASSERT_EQ(kept.chains[k]->x.real().data()[i], forgetful.chains[k]->x.real().data()[i]) << sampler;
        }
      }
    }
  }
}

/// Sums that would not fit have a coarser unit.
TEST(KeptSums, LargeScoresFit) {
  const model::PairScores scores(2, 2, {1e4, -1e4, 0.0, 3.0}, {});
  EXPECT_EQ(scores.unit(), 0x1p-16);
  const std::vector<std::uint8_t> s{0, 1};
  EXPECT_EQ(static_cast<double>(scores.score(s.data())) * scores.unit(), 1e4 + 3.0);
  // Beside these, scores of a unit would be rounded away.
  EXPECT_THROW(model::PairScores(2, 2, {1e6, -1e6, 0.0, 3.0}, {}), base::DeckError);
}

TEST(Tempering, OfSequencesKeepsTheLawAtOne) {
  const Files files;
  const Marginals exact = enumerate(6, 4, [&](const auto& s) { return files.small.energy(s); });
  std::vector<Average> means(static_cast<std::size_t>(6 * 4));
  for (int id = 0; id < 64; ++id) {
    test::Replicas r(test::sequence_deck(6, "couplings: " + files.at("small.h5"),
                                         "{type: parallel_tempering, sampler: metropolis, hottest: 4.0, rungs: 3}"),
                     id);
    Marginals now(6, 4);
    constexpr int steps = 3000;
    for (int step = -100; step < steps; ++step) {
      r.step();
      if (step < 0) continue;
      r.s.sampler->settle(*r.chains[0]);
      now.add(r.chains[0]->x.real().data(), 1.0 / steps);
    }
    for (std::size_t k = 0; k < means.size(); ++k) means[k].add(now.values[k]);
  }
  for (std::size_t k = 0; k < means.size(); ++k) {
    if (exact.values[k] * 3000 < 25.0) continue;
    EXPECT_LT(std::abs(means[k].z(exact.values[k])), 6.0) << k;
  }
}

/// The deck of the promoter: 96 placements are equally likely, each with its letters.
TEST(Promoter, HasTheFrequenciesOfItsDeck) {
  const std::string boxes = "TTGACATATAAT";
  const std::vector<double> f{0.78, 0.82, 0.68, 0.58, 0.51, 0.55, 0.82, 0.90, 0.52, 0.59, 0.49, 0.89};
  Marginals exact(60, 4);
  for (std::int64_t spacer = 16; spacer <= 18; ++spacer) {
    for (std::int64_t offset = 0; offset + 12 + spacer <= 60; ++offset) {
      std::vector<std::array<double, 4>> p(60, {0.25, 0.25, 0.25, 0.25});
      for (std::size_t k = 0; k < 12; ++k) {
        auto& here = p[static_cast<std::size_t>(offset) + k + (k < 6 ? 0 : static_cast<std::size_t>(spacer))];
        here.fill((1.0 - f[k]) / 3.0);
        here.at(std::string("ACGT").find(boxes[k])) = f[k];
      }
      for (std::size_t i = 0; i < 60; ++i) {
        for (std::size_t a = 0; a < 4; ++a) {
          exact.site(static_cast<std::int64_t>(i), static_cast<int>(a)) += p[i].at(a) / 96.0;
          for (std::size_t c = 0; i < 59 && c < 4; ++c)
            exact.pair(static_cast<std::int64_t>(i), static_cast<int>(a), static_cast<int>(c)) +=
                p[i].at(a) * p[i + 1].at(c) / 96.0;
        }
      }
    }
  }
  double all = 0.0;
  for (std::int64_t i = 0; i < 60; ++i) all += exact.site(i, 0) / 60.0;
  EXPECT_NEAR(all, 0.26283, 5e-6);  // as the deck says
  EXPECT_NEAR(exact.site(30, 3), 0.3041, 5e-5);
  std::ifstream file(std::string(SCOREFIELD_SOURCE_DIR) + "/inputs/dna-promoter.yaml");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  expect_marginals(text, exact, 400, "promoter");
}

}  // namespace
}  // namespace scorefield
