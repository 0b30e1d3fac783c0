/// A chain that is saved and loaded into a fresh sampler goes on with the bits of one that was never stopped: what
/// Chain::visit leaves out cannot decide the future.

#include <gtest/gtest.h>

#include <bit>

#include "support/memory_archive.hpp"
#include "support/sampling_fixture.hpp"
#include "support/small_rbm.hpp"

namespace scorefield {
namespace {

constexpr const char* gaussian =
    "{type: posterior, prior: {type: gaussian_field, spectrum: {type: matern, correlation_length: 2.0}}, likelihoods: "
    "[{type: linear, data: {mock_seed: 5}, operators: [{type: mask, border: 0.3}], noise: {type: gaussian, std: "
    "0.5}}]}";
constexpr const char* ising = "{type: ising, temperature: 2.5, boundaries: [open, periodic]}";
constexpr const char* spins = "{type: ising, temperature: 2.5, couplings: [1.0, 0.6], field: 0.1}";
constexpr const char* rbm = "{type: rbm, file: FILE}";
constexpr const char* motif = "{type: dna, motif: {boxes: [TTG, AT], conservation: 0.8, spacer: [1, 3]}}";
constexpr const char* phi4 = "{type: phi4, mass_squared: -1.0, coupling: 0.5}";
constexpr int warmup = 70;
constexpr int steps = 250;  // several round trips over all temperatures

struct Case {
  const char *name, *sampler, *target;
  const char* shape = "[5, 6]";
};
class GoingOn : public ::testing::TestWithParam<Case> {};

/// Bits of a chain that its future or its results show.
std::vector<std::uint64_t> bits(model::Chain& chain) {
  std::vector<std::uint64_t> all{std::bit_cast<std::uint64_t>(chain.energy.value()),
                                 std::bit_cast<std::uint64_t>(chain.acceptance), static_cast<std::uint64_t>(chain.step),
                                 static_cast<std::uint64_t>(chain.gradients),
                                 static_cast<std::uint64_t>(chain.divergences)};
  const grid::Field& x = chain.x.real();
  for (std::int64_t i = 0; i < x.size(); ++i) all.push_back(std::bit_cast<std::uint64_t>(x.data()[i]));
  return all;
}
std::vector<std::uint64_t> bits(test::Replicas& replicas) {
  std::vector<std::uint64_t> all;
  for (auto& chain : replicas.chains) {
    replicas.s.sampler->settle(*chain);
    const auto of_chain = bits(*chain);
    all.insert(all.end(), of_chain.begin(), of_chain.end());
    for (const model::Figure& figure : replicas.s.sampler->figures(*chain))
      for (const double value : figure.values) all.push_back(std::bit_cast<std::uint64_t>(value));
  }
  return all;
}

TEST_P(GoingOn, FromAnyStepWithTheSameBits) {
  const Case& c = GetParam();
  const test::SmallRbm file;
  const std::string deck = "run: {warmup: " + std::to_string(warmup) + "}\ndomain: {shape: " + c.shape +
                           "}\ntarget: " + file.in(c.target) + "\nsampler: " + c.sampler + "\n";
  test::Replicas whole(deck, 1);
  std::map<int, test::MemoryArchive> saved;
  std::vector<std::vector<std::uint64_t>> expected;
  const auto visit = [](test::Replicas& replicas, test::MemoryArchive& archive) {
    for (auto& chain : replicas.chains) {
      archive.select(chain->id, true);
      chain->visit(archive);
    }
  };
  for (int step = 0; step < steps; ++step) {
    if (step < 3 || step == 33 || step == 75) visit(whole, saved[step]);
    whole.step();
    expected.push_back(bits(whole));
  }
  EXPECT_NE(expected.front(), expected.back());
  for (auto& [begin, archive] : saved) {
    test::Replicas again(deck, 1);
    // As after a newer checkpoint that was found damaged once it was read: nothing of it may stay.
    for (test::MemoryArchive* read : {&saved.rbegin()->second, &archive}) {
      read->load();
      visit(again, *read);
    }
    for (auto& chain : again.chains) again.s.sampler->refresh(*chain);
    for (int step = begin; step < steps; ++step) {
      again.step();
      ASSERT_EQ(bits(again), expected[static_cast<std::size_t>(step)]) << "from step " << begin << ", step " << step;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Samplers, GoingOn,
    ::testing::Values(
        Case{"gaussian_exact", "gaussian_exact", gaussian}, Case{"ula", "ula", gaussian},
        Case{"mala", "mala", gaussian}, Case{"mala_diagonal", "{type: mala, preconditioner: diagonal}", gaussian},
        Case{"hmc_shells", "{type: hmc, preconditioner: fourier_adapted}", gaussian},
        Case{"hmc_shells_of_cells", "{type: hmc, preconditioner: fourier_adapted, leapfrog_steps: 3}", phi4},
        Case{"hmc", "hmc", phi4}, Case{"nuts", "nuts", phi4}, Case{"random_walk", "random_walk", phi4},
        Case{"underdamped", "underdamped", phi4}, Case{"mclmc", "mclmc", gaussian},
        Case{"adjusted_mclmc", "adjusted_mclmc", phi4}, Case{"block_mala", "{type: block_mala, block: 2}", phi4},
        Case{"metropolis", "metropolis", ising}, Case{"heat_bath", "heat_bath", ising},
        Case{"swendsen_wang", "swendsen_wang", ising}, Case{"block_gibbs", "block_gibbs", rbm, "[6]"},
        Case{"multispin_metropolis", "multispin_metropolis", spins, "[4, 6]"},
        Case{"annealed_metropolis", "{type: annealing, sampler: metropolis, from: 4.0, to: 0.5, steps: 200}", ising},
        Case{"annealed_hmc", "{type: annealing, sampler: hmc, from: 4.0, to: 0.5, steps: 200}", phi4},
        Case{"metropolis_of_motif", "metropolis", motif, "[12]"},
        Case{"tempered_motif", "{type: parallel_tempering, sampler: heat_bath, hottest: 3.0, rungs: 3}", motif, "[12]"},
        Case{"random_site_metropolis", "{type: random_site_metropolis, block: 2}", ising},
        Case{"kawasaki", "kawasaki", ising}, Case{"discrete_langevin", "discrete_langevin", ising},
        Case{"gibbs_with_gradients", "gibbs_with_gradients", ising},
        Case{"tempered_kawasaki", "{type: parallel_tempering, sampler: kawasaki, hottest: 3.0, rungs: 3}", ising},
        Case{"tempered_metropolis", "{type: parallel_tempering, sampler: metropolis, hottest: 3.0, rungs: 3}", ising},
        Case{"tempered_hmc", "{type: parallel_tempering, sampler: hmc, hottest: 3.0, rungs: 3}", phi4},
        Case{"tempered_mclmc", "{type: parallel_tempering, sampler: mclmc, hottest: 3.0, rungs: 3}", gaussian}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace scorefield
