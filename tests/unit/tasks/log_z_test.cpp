/// ln Z of the Ising torus against Kaufman's partition function, of a few symbols against the sum over all states.

#include "tasks/log_z.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "support/ising_torus.hpp"
#include "task_fixture.hpp"

namespace scorefield::tasks {
namespace {

constexpr double critical = 2.269185314213022;
constexpr const char* critical_ising = "{type: ising, temperature: 2.269185314213022}";

struct Walk {
  std::int64_t chains, steps, equilibration, nodes;
};

class Lab {
 public:
  Lab(const std::string& target, const std::vector<std::int64_t>& shape, const base::Comm& comm = base::Comm::world())
      : domain_(test::make_domain(shape, comm)), target_(builder_.target(target, domain_)) {}

  model::Findings find(const std::string& sampler, const Walk& walk) {
    LogZOptions o;
    o.sampler = builder_.parse(sampler, "sampler");
    o.chains = walk.chains;
    o.steps = walk.steps;
    o.equilibration = walk.equilibration;
    o.nodes = walk.nodes;
    LogZ task(o, {domain_, *target_, 7, &builder_.components()});
    return test::carry_out(task);
  }
  /// By all states.
  double exact() {
    const int q = target_->symbol_energy()->symbols();
    const std::int64_t sites = domain_.lattice().sites();
    const auto count = static_cast<std::int64_t>(std::pow(q, sites) + 0.5);
    double sum = 0.0;
    for (std::int64_t state = 0; state < count; ++state) {
      model::DualField x(domain_, "state");
      const grid::Field& cells = x.set_real();
      std::int64_t rest = state;
      for (std::int64_t i = 0; i < sites; ++i, rest /= q) cells.data()[i] = static_cast<double>(rest % q);
      sum += std::exp(-target_->evaluate(x, nullptr).value());
    }
    return std::log(sum);
  }

  /// Z = product over pixels of e^-E(black) + e^-E(white), E a sum over pixels with equal fields but for the sign: the
  /// energies of all black and all white and of the likeliest image give it.
  double exact_of_independent_pixels() {
    const auto sites = static_cast<double>(domain_.lattice().sites());
    model::DualField x(domain_, "state");
    x.set_real().fill(0.0);
    double sum = target_->evaluate(x, nullptr).value();
    x.set_real().fill(1.0);
    sum += target_->evaluate(x, nullptr).value();
    // Each pixel has E = c -+ f with one f: c from the sum, f by turning the first pixel of each.
    const double f = 0.5 * std::log(0.9 / 0.1);
    return -0.5 * sum + sites * std::log(2.0 * std::cosh(f));
  }

 private:
  test::Builder builder_;
  grid::Domain domain_;
  std::unique_ptr<model::Target> target_;
};

/// Errors are those of the chains: |z| < 5 of each estimate, and the bounds on their sides of the truth.
void expect(const model::Findings& found, double exact) {
  const auto number = [&](const std::string& name) { return test::numbers(found, "/log_z/" + name).front(); };
  for (const char* name : {"both_ways", "forward", "backward", "integral"}) {
    const double z = (number(name) - exact) / number(std::string(name) + "_error");
    std::printf("%s %.4f +- %.4f, exact %.4f, z %.2f\n", name, number(name), number(std::string(name) + "_error"),
                exact, z);
    EXPECT_LT(std::abs(z), 5.0) << name;
    EXPECT_GT(number(std::string(name) + "_error"), 0.0);
  }
  std::printf("bounds %.4f %.4f, effective chains %.1f %.1f\n", number("lower_bound"), number("upper_bound"),
              test::numbers(found, "/log_z/effective_chains")[0], test::numbers(found, "/log_z/effective_chains")[1]);
  EXPECT_LT(number("lower_bound"), exact + 5.0 * number("lower_bound_error"));
  EXPECT_GT(number("upper_bound"), exact - 5.0 * number("upper_bound_error"));
  EXPECT_LT(number("lower_bound"), number("upper_bound"));
}

TEST(Torus, ByHeatBath) {
  Lab lab(critical_ising, {8, 8});
  expect(lab.find("heat_bath", {600, 200, 100, 12}), static_cast<double>(test::ising_log_z(8, 8, 1.0L / critical)));
}

TEST(Torus, ByClusters) {
  Lab lab(critical_ising, {8, 8});
  expect(lab.find("swendsen_wang", {400, 200, 20, 12}), static_cast<double>(test::ising_log_z(8, 8, 1.0L / critical)));
}

TEST(Enumerated, PottsInAField) {
  const char* potts = "{type: potts, symbols: 3, temperature: 0.8, field: [0.0, 0.4, -0.3], boundaries: [open, open]}";
  Lab lab(potts, {2, 4});
  expect(lab.find("metropolis", {1200, 12, 30, 8}), Lab(potts, {2, 4}, base::Comm::self()).exact());
}

/// Chains of an image start from its data, a path from beta = 0 must not. Without coupling ln Z is a sum over pixels.
TEST(Enumerated, ImageOfIndependentPixels) {
  Lab lab("{type: binary_image, simulate: {text: X, scale: 1}, flip: {probability: 0.1}, coupling: 0.0}", {11, 9});
  expect(lab.find("heat_bath", {300, 60, 5, 8}), lab.exact_of_independent_pixels());
}

TEST(LogZ, SameBitsOnAnyRanks) {
  Lab together(critical_ising, {6, 4});
  Lab alone(critical_ising, {6, 4}, base::Comm::self());
  const model::Findings a = together.find("heat_bath", {5, 80, 10, 4});
  const model::Findings b = alone.find("heat_bath", {5, 80, 10, 4});
  for (const char* name : {"forward_log_weights", "backward_log_weights", "integrals"}) {
    EXPECT_EQ(test::numbers(a, std::string("/log_z/") + name), test::numbers(b, std::string("/log_z/") + name)) << name;
  }
}

TEST(LogZ, NumbersAreRefused) {
  EXPECT_THROW(Lab("{type: phi4, mass_squared: 1.0}", {4, 4}).find("heat_bath", {3, 80, 1, 4}), base::DeckError);
}

/// Some minutes: errors of about .02.
TEST(Critical, To5HundredthsOfANat) {
  Lab lab(critical_ising, {32, 32});
  const model::Findings found = lab.find("swendsen_wang", {64, 48000, 100, 32});
  const auto exact = static_cast<double>(test::ising_log_z(32, 32, 1.0L / critical));
  expect(found, exact);
  EXPECT_LT(std::abs(test::numbers(found, "/log_z/both_ways").front() - exact), 0.05);
  EXPECT_LT(std::abs(test::numbers(found, "/log_z/integral").front() - exact), 0.05);
}

}  // namespace
}  // namespace scorefield::tasks
