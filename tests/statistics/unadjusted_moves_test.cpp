/// underdamped and mclmc, which have no accept test: their moves against those that the test composes from the flows of
/// their parts, with forces by differences of the energy. Tolerance 1e-9: rounding, and Runge-Kutta in 512 parts.

#include <gtest/gtest.h>

#include "support/rebuilt_dynamics.hpp"

namespace scorefield {
namespace {

using noise::Purpose;
using test::Rebuilt;
using test::Values;

constexpr double rounding = 1e-9;
constexpr int chains = 5;
constexpr int steps_each = 4;

class UnadjustedOnFewCells : public ::testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] static const test::Law& law() { return test::few_cells().at(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Moves, UnadjustedOnFewCells, ::testing::Range(std::size_t{0}, test::few_cells().size()),
                         [](const auto& test) { return test::name_of_law(test.param); });

/// Letters as in the name of a splitting: A moves x by M^(1/2) u, B kicks u by -M^(1/2) g, O keeps exp(-friction t) of
/// u and fills up with noise; u has unit mass in each free direction. Each acts for h over the number of its letters.
TEST_P(UnadjustedOnFewCells, Underdamped) {
  constexpr double h = 0.4;
  constexpr double friction = 0.7;
  for (const std::string splitting : {"BAOAB", "BAOA", "OBABO", "ABOBA", "OABAO"}) {
    Rebuilt lab(law(), "type: underdamped, step_size: 0.4, friction: 0.7, splitting: " + splitting);
    for (int id = 0; id < chains; ++id) {
      const auto chain = lab.chain(id);
      Values x = Rebuilt::state(*chain);
      Values u = lab.white(*chain, Purpose::momentum);
      for (int step = 0; step < steps_each; ++step) {
        noise::Stream stream = Rebuilt::stream(*chain, Purpose::ornstein);
        stream.step *= 2;
        for (const char letter : splitting) {
          const double t = h / static_cast<double>(std::count(splitting.begin(), splitting.end(), letter));
          if (letter == 'A') {
            x = lab.moved(x, t, u);
          } else if (letter == 'B') {
            u = test::plus(u, -t, lab.gradient(x));
          } else {
            const double variance = 1.0 - std::exp(-2.0 * friction * t);
            u = test::plus(test::scaled(std::exp(-friction * t), u), std::sqrt(variance),
                           lab.white(stream, chain->space));
            ++stream.step;
          }
        }
        lab.step(*chain);
        EXPECT_LT(test::distance(Rebuilt::state(*chain), x), rounding) << splitting << " step " << step;
        EXPECT_NEAR(chain->energy.value(), lab.energy(x), 100.0 * rounding);
      }
    }
  }
}

/// An isokinetic leapfrog step, then u is mixed with noise of length sqrt(exp(2 h / L) - 1) relative to it (Robnik et
/// al. 2023).
TEST_P(UnadjustedOnFewCells, Mclmc) {
  constexpr double h = 1.2;
  constexpr double length = 2.5;
  Rebuilt lab(law(), "type: mclmc, step_size: 1.2, decoherence_length: 2.5");
  for (int id = 0; id < chains; ++id) {
    const auto chain = lab.chain(id);
    const auto dimensions = static_cast<double>(lab.basis(Values(Rebuilt::state(*chain).size(), 0.0)).size());
    test::Phase z{Rebuilt::state(*chain), test::unit(lab.white(*chain, Purpose::momentum))};
    for (int step = 0; step < steps_each; ++step) {
      z = test::isokinetic(lab, h, 1, z, dimensions);
      const double share = std::sqrt((std::exp(2.0 * h / length) - 1.0) / dimensions);
      z.u = test::unit(test::plus(z.u, share, lab.white(*chain, Purpose::ornstein)));
      lab.step(*chain);
      EXPECT_LT(test::distance(Rebuilt::state(*chain), z.x), rounding) << "step " << step;
      EXPECT_NEAR(chain->energy.value(), lab.energy(z.x), 100.0 * rounding);
    }
  }
}

}  // namespace
}  // namespace scorefield
