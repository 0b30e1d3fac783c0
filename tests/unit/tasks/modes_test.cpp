/// Modes of laws whose modes are known: a double well of a whole field, Gaussian fields, a posterior.

#include "tasks/modes.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "task_fixture.hpp"

namespace scorefield::tasks {
namespace {

constexpr std::uint64_t seed = 7;
// Minima at phi = +-sqrt(-m2 / (4 coupling)) = +-1 with energy -V m2^2 / (16 coupling) = -V / 8: the field is small
// enough for walls between the two to have no rest.
constexpr const char* double_well = "{type: phi4, mass_squared: -0.5, coupling: 0.125}";
constexpr const char* gaussian = "{type: gaussian_field, spectrum: {type: matern, correlation_length: 3.0}}";

class OnStarts : public testing::Test {
 protected:
  model::Findings find(const std::string& target, const ModesOptions& o,
                       const std::vector<std::int64_t>& shape = {8, 8}, const base::Comm& comm = base::Comm::world()) {
    domain_ = std::make_unique<grid::Domain>(test::make_domain(shape, comm));
    target_ = builder_.target(target, *domain_);
    Modes task(o, {*domain_, *target_, seed});
    return test::carry_out(task);
  }
  static ModesOptions starts(std::int64_t count) {
    ModesOptions o;
    o.starts = count;
    return o;
  }
  test::Builder builder_;
  std::unique_ptr<grid::Domain> domain_;
  std::unique_ptr<model::Target> target_;
};

TEST_F(OnStarts, ADoubleWellHasItsTwoMinima) {
  const model::Findings found = find(double_well, starts(64));
  const auto energies = test::numbers(found, "/modes/energy");
  const auto norms = test::numbers(found, "/modes/gradient_norm");
  const auto basins = test::numbers<std::int64_t>(found, "/modes/basin");
  const auto modes = test::numbers<std::int64_t>(found, "/starts/mode");
  EXPECT_EQ(energies.size(), 2U);
  if (energies.size() != 2) return;
  EXPECT_EQ(basins[0] + basins[1], 64);
  // Starts are symmetric: a fair coin, of which 64 throws have a standard deviation of 4.
  EXPECT_LT(std::abs(static_cast<double>(basins[0]) - 32.0) / 4.0, 5.0);
  EXPECT_EQ(std::count(modes.begin(), modes.end(), 0), basins[0]);
  EXPECT_EQ(std::count(modes.begin(), modes.end(), 1), basins[1]);
  // The gradient at a start is of order 30 and falls to 1e-8 of it; the weakest curvature is 1, so x is off by 3e-7 in
  // norm at most and the energy by its square.
  double product = 1.0;
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(energies[i], -8.0, 1e-11);
    EXPECT_LT(norms[i], 1e-6);
    const grid::Field& mode = found.fields.front().fields[i];
    for (std::int64_t cell = 0; cell < mode.size(); ++cell) EXPECT_NEAR(std::abs(mode.data()[cell]), 1.0, 1e-6);
    if (mode.size() > 0) product *= mode.data()[0];
  }
  if (!domain_->real_box().empty()) {
    EXPECT_NEAR(product, -1.0, 1e-5);
  }
}

/// The modes of a mixture of two distant fields are their means, and their energies differ by the logarithm of the
/// weights; what one adds to the other at a distance of six is e^-10 at most.
TEST_F(OnStarts, AMixtureHasThoseOfItsParts) {
  const model::Findings found = find(
      "{type: gaussian_mixture, weights: [0.3, 0.7], means: [-3.0, 3.0], spectrum: {type: matern, variance: 1.6, "
      "correlation_length: 2.4}}",
      starts(16));
  const auto energies = test::numbers(found, "/modes/energy");
  EXPECT_EQ(energies.size(), 2U);
  if (energies.size() != 2) return;
  EXPECT_NEAR(energies[1] - energies[0], std::log(0.7 / 0.3), 1e-4);
  for (std::size_t i = 0; i < 2; ++i) {
    const grid::Field& mode = found.fields.front().fields[i];
    for (std::int64_t cell = 0; cell < mode.size(); ++cell) EXPECT_NEAR(mode.data()[cell], i == 0 ? 3.0 : -3.0, 1e-3);
  }
}

TEST_F(OnStarts, TheDistanceSaysWhatIsOneMode) {
  ModesOptions o = starts(16);
  o.distance = 10.0;
  const model::Findings found = find(double_well, o);
  EXPECT_EQ(test::numbers<std::int64_t>(found, "/modes/basin"), (std::vector<std::int64_t>{16}));
}

TEST_F(OnStarts, AFreeFieldHasOne) {
  for (const char* target : {gaussian, "{type: phi4, mass_squared: 0.5, coupling: 0}"}) {
    const model::Findings found = find(target, starts(8), {12, 10});
    EXPECT_EQ(test::numbers<std::int64_t>(found, "/modes/basin"), (std::vector<std::int64_t>{8})) << target;
    EXPECT_LT(test::numbers(found, "/modes/energy").front(), 1e-12) << target;
    EXPECT_TRUE(found.warnings.empty()) << target;
  }
}

/// The mode of a Gaussian posterior is its mean, the Wiener filter.
TEST_F(OnStarts, APosteriorHasItAtItsMean) {
  const model::Findings found = find(
      "{type: posterior, prior: {type: gaussian_field, spectrum: {type: matern, correlation_length: 2.0}}, "
      "likelihoods: [{type: linear, data: {mock_seed: 5}, operators: [{type: mask, border: 0.3}], noise: {type: "
      "gaussian, std: 0.5}}]}",
      starts(3), {16, 12});
  EXPECT_EQ(test::numbers<std::int64_t>(found, "/modes/basin"), (std::vector<std::int64_t>{3}));
  const auto exact = builder_.sampler("{type: gaussian_exact, tolerance: 1e-12}", *domain_, *target_);
  for (const auto& named : exact->named_fields()) {
    if (named.path != "/wiener/mean") continue;
    const grid::Field& mode = found.fields.front().fields.front();
    for (std::int64_t i = 0; i < mode.size(); ++i) EXPECT_NEAR(mode.data()[i], named.field.data()[i], 1e-6);
    return;
  }
  FAIL() << "no mean to compare with";
}

TEST_F(OnStarts, ThoseThatDoNotArriveAreNoModes) {
  ModesOptions o = starts(4);
  o.max_iterations = 2;
  const model::Findings found = find(double_well, o);
  EXPECT_TRUE(test::numbers(found, "/modes/energy").empty());
  EXPECT_EQ(test::numbers<std::int64_t>(found, "/starts/mode"), (std::vector<std::int64_t>{-1, -1, -1, -1}));
  EXPECT_EQ(found.warnings.size(), 1U);
}

/// Hundreds of decisions hang on sums over all cells: one bit of one of them would change the path.
TEST_F(OnStarts, SameBitsAsOnOneRank) {
  for (const char* target : {double_well, gaussian}) {
    for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{15, 7}, {4, 5, 6}, {2, 9}}) {
      const model::Findings together = find(target, starts(3), shape);
      const model::Findings alone = find(target, starts(3), shape, base::Comm::self());
      for (const char* path : {"/modes/energy", "/modes/gradient_norm", "/starts/energy"}) {
        const auto a = test::numbers(together, path);
        const auto b = test::numbers(alone, path);
        EXPECT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) EXPECT_TRUE(test::same_bits(a[i], b[i])) << path;
      }
      for (const char* path : {"/starts/mode", "/starts/iterations", "/modes/basin"}) {
        EXPECT_EQ(test::numbers<std::int64_t>(together, path), test::numbers<std::int64_t>(alone, path)) << path;
      }
      EXPECT_EQ(together.fields.front().fields.size(), alone.fields.front().fields.size());
      for (std::size_t i = 0; i < together.fields.front().fields.size(); ++i) {
        EXPECT_TRUE(test::same_bits(together.fields.front().fields[i], alone.fields.front().fields[i])) << target;
      }
    }
  }
}

}  // namespace
}  // namespace scorefield::tasks
