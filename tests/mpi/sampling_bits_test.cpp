/// Energies, acceptances and states of every sampler: the same bits on all ranks together as on one alone.

#include <gtest/gtest.h>

#include <cstring>

#include "noise/philox.hpp"
#include "support/small_rbm.hpp"
#include "support/symbol_states.hpp"
#include "support/symbol_targets.hpp"

namespace scorefield {
namespace {

std::uint64_t bits(double value) {
  std::uint64_t raw = 0;
  std::memcpy(&raw, &value, sizeof raw);
  return raw;
}

/// Order-independent digest of a field that is spread over ranks.
std::uint64_t digest(const grid::Domain& domain, const grid::Field& x) {
  const grid::Box& box = x.box();
  std::uint64_t sum = 0;
  const double* value = x.data();
  for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z) {
    for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y) {
      for (std::int64_t i = 0; i < x.row_length(); ++i, ++value) {
        const auto site = static_cast<std::uint64_t>((z * domain.lattice().n()[1] + y) * x.row_length() + i);
        sum += bits(*value) * (2 * noise::philox({}, site)[0] + 1);
      }
    }
  }
  return domain.comm().sum(sum);
}

constexpr const char* posterior =
    "{type: posterior, prior: {type: gaussian_field, spectrum: {type: matern, correlation_length: 2.0}}, likelihoods: "
    "[{type: linear, data: {mock_seed: 5}, operators: [{type: mask, border: 0.3}], noise: {type: gaussian, std: "
    "0.5}}]}";
constexpr const char* phi4 = "{type: phi4, mass_squared: -1.0, coupling: 0.5}";

struct Case {
  const char *sampler, *target;
  const char* shape = nullptr;  ///< nullptr: several of two and three axes
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.sampler; }

class SameBits : public ::testing::TestWithParam<Case> {};

TEST_P(SameBits, AsOnOneRank) {
  const Case c = GetParam();
  // Symbols on periodic axes come in even numbers.
  const bool is_even = std::string(c.target).find("ising") != std::string::npos;
  const test::SmallRbm rbm(base::Comm::world());
  std::vector<const char*> shapes{"[16, 16]", is_even ? "[98, 12]" : "[97, 11]", is_even ? "[6, 10, 8]" : "[6, 9, 7]",
                                  is_even ? "[2, 4]" : "[3, 4]"};
  if (c.shape != nullptr) shapes = {c.shape};
  for (const char* shape : shapes) {
    std::string target = rbm.in(c.target);
    const std::string word = "BOUNDARIES";
    if (const auto at = target.find(word); at != std::string::npos) {
      target.replace(at, word.size(),
                     std::count(shape, shape + std::strlen(shape), ',') == 1 ? "[open, open]" : "[open, open, open]");
    }
    const std::string deck = std::string("run: {warmup: 20, thin: 10}\ndomain: {shape: ") + shape +
                             "}\ntarget: " + target + "\nsampler: " + c.sampler + "\n";
    test::Sampling together(deck, base::Comm::world());
    test::Sampling alone(deck, base::Comm::self());
    auto a = together.chain(3);
    auto b = alone.chain(3);
    for (int step = 0; step < 30; ++step) {
      together.sampler->step(*a);
      alone.sampler->step(*b);
      together.sampler->settle(*a);
      alone.sampler->settle(*b);
      EXPECT_EQ(bits(a->energy.value()), bits(b->energy.value())) << c.sampler << ' ' << shape << " step " << step;
      EXPECT_EQ(bits(a->acceptance), bits(b->acceptance)) << c.sampler << ' ' << shape << " step " << step;
      // All ranks leave together, or some would wait for the others for ever.
      if (base::Comm::world().max(std::int64_t{HasFailure()}) > 0) return;
    }
    EXPECT_EQ(digest(*together.domain, a->x.real()), digest(*alone.domain, b->x.real())) << c.sampler << ' ' << shape;
  }
}

INSTANTIATE_TEST_SUITE_P(Samplers, SameBits,
                         ::testing::Values(Case{"mala", posterior}, Case{"ula", posterior},
                                           Case{"gaussian_exact", posterior}, Case{"hmc", posterior},
                                           Case{"nuts", posterior}, Case{"random_walk", posterior},
                                           Case{"underdamped", posterior}, Case{"mclmc", posterior},
                                           Case{"adjusted_mclmc", posterior}, Case{"mala", phi4}, Case{"hmc", phi4},
                                           Case{"nuts", phi4}, Case{"random_walk", phi4}, Case{"underdamped", phi4},
                                           Case{"mclmc", phi4}, Case{"adjusted_mclmc", phi4},
                                           Case{"{type: block_mala, block: 3}", phi4},
                                           Case{"{type: hmc, preconditioner: fourier_adapted}", posterior},
                                           Case{"{type: nuts, preconditioner: fourier_adapted}", phi4},
                                           Case{"{type: hmc, preconditioner: diagonal}", phi4},
                                           Case{"{type: mclmc, preconditioner: diagonal}", phi4},
                                           Case{"{type: mala, preconditioner: spectrum, spectrum: {type: matern, "
                                                "correlation_length: 2.0}}",
                                                phi4}));
constexpr const char* counts =
    "{type: lognormal_poisson, spectrum: {type: matern, variance: 0.8, correlation_length: 3.0, smoothness: 0.5}, "
    "counts: {data: {mock_seed: 5}, mean_count: 3.0, selection: {border: 0.1}}}";
constexpr const char* density =
    "{type: lognormal_field, coordinates: density, spectrum: {type: matern, variance: 0.5, correlation_length: 2.0}}";
INSTANTIATE_TEST_SUITE_P(Densities, SameBits,
                         ::testing::Values(Case{"hmc", counts},
                                           Case{"{type: mala, preconditioner: fourier_adapted}", counts},
                                           Case{"hmc", density}));
constexpr const char* gaussian =
    "{type: gaussian_field, spectrum: {type: matern, variance: 0.5, correlation_length: 2.0}}";
constexpr const char* mixture =
    "{type: gaussian_mixture, spectrum: {type: matern, correlation_length: 2.0}, weights: [1.0, 2.0], means: [-1.0, "
    "1.5], scales: [1.0, 0.5]}";
INSTANTIATE_TEST_SUITE_P(FromNoise, SameBits,
                         ::testing::Values(Case{"{type: annealed_langevin, steps_per_level: 2}", mixture},
                                           Case{"{type: annealed_mala, steps_per_level: 2}", mixture},
                                           Case{"reverse_sde", mixture},
                                           Case{"{type: reverse_sde, sde: sub_vp}", mixture},
                                           Case{"{type: predictor_corrector, corrector_steps: 2}", mixture},
                                           Case{"{type: probability_flow, churn: 1.0}", mixture},
                                           Case{"{type: probability_flow, method: dpm_solver_2m}", gaussian},
                                           Case{"{type: probability_flow, method: rk45}", mixture}));
constexpr const char* ising = "{type: ising, temperature: 2.5, field: 0.1}";
constexpr const char* potts = "{type: potts, symbols: 4, boundaries: BOUNDARIES}";
/// So cold that one cluster goes through all ranks.
constexpr const char* cold_potts = "{type: potts, symbols: 3, temperature: 0.7}";
INSTANTIATE_TEST_SUITE_P(Symbols, SameBits,
                         ::testing::Values(Case{"metropolis", ising}, Case{"heat_bath", ising},
                                           Case{"metropolis", potts}, Case{"heat_bath", potts},
                                           Case{"swendsen_wang", ising}, Case{"swendsen_wang", cold_potts},
                                           Case{"multispin_metropolis", ising},
                                           Case{"{type: annealing, sampler: metropolis, from: 4.0, steps: 20}", ising},
                                           Case{"{type: annealing, sampler: hmc, from: 4.0, steps: 20}", phi4}));
/// A number of each pixel, which blocks over borders ask of other ranks.
constexpr const char* image =
    "{type: binary_image, simulate: {text: A, scale: 1}, gaussian: {std: 90.0}, coupling: 0.4, diagonal: 0.3}";
constexpr const char* rbm = "{type: rbm, file: FILE}";
INSTANTIATE_TEST_SUITE_P(HiddenUnits, SameBits,
                         ::testing::Values(Case{"block_gibbs", rbm, "[6]"}, Case{"metropolis", rbm, "[6]"},
                                           Case{"heat_bath", rbm, "[6]"}));
INSTANTIATE_TEST_SUITE_P(
    SymbolBlocks, SameBits,
    ::testing::Values(Case{"random_site_metropolis", potts},
                      Case{"{type: random_site_metropolis, block: 2}", cold_potts}, Case{"kawasaki", potts},
                      Case{"{type: kawasaki, pairs: any, block: 4}", cold_potts}, Case{"discrete_langevin", potts},
                      Case{"{type: discrete_langevin, block: 3}", cold_potts}, Case{"gibbs_with_gradients", potts},
                      Case{"gibbs_with_gradients", ising}, Case{"discrete_langevin", image, "[17, 13]"},
                      Case{"random_site_metropolis", image, "[17, 13]"},
                      Case{"gibbs_with_gradients", image, "[17, 13]"}));

class OnMadeTargets : public ::testing::TestWithParam<const char*> {};

/// The same on terms of two cells across the axes with a map of cells, and on terms that tie all cells of a line.
TEST_P(OnMadeTargets, AsOnOneRank) {
  const auto compare = [](const std::string& shape, const test::MakeTarget& make) {
    const std::string deck = test::symbol_deck(shape, "{type: ising, boundaries: [open]}", GetParam());
    const std::string plane = test::symbol_deck(shape, "{type: potts, symbols: 3}", GetParam());
    const bool is_line = shape.find(',') == std::string::npos;
    test::Sampling together(is_line ? deck : plane, base::Comm::world());
    test::Sampling alone(is_line ? deck : plane, base::Comm::self());
    test::replaced(together, make);
    test::replaced(alone, make);
    auto a = together.chain(3);
    auto b = alone.chain(3);
    for (int step = 0; step < 30; ++step) {
      together.sampler->step(*a);
      alone.sampler->step(*b);
    }
    together.sampler->settle(*a);
    alone.sampler->settle(*b);
    EXPECT_EQ(bits(a->energy.value()), bits(b->energy.value())) << shape;
    EXPECT_EQ(bits(a->acceptance), bits(b->acceptance)) << shape;
    EXPECT_EQ(digest(*together.domain, a->x.real()), digest(*alone.domain, b->x.real())) << shape;
  };
  compare("[17, 13]", test::make_target<test::RangeTwo>(true));
  compare("[5, 30]", test::make_target<test::RangeTwo>(true));
  compare("[12]", test::make_target<test::AllPairs>());
}
INSTANTIATE_TEST_SUITE_P(SymbolBlocks, OnMadeTargets,
                         ::testing::Values("{type: random_site_metropolis, block: 4}", "kawasaki", "discrete_langevin",
                                           "gibbs_with_gradients"));

}  // namespace
}  // namespace scorefield
