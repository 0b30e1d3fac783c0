#include <gtest/gtest.h>

#include <limits>

#include "noise/normals.hpp"
#include "reduce/rows.hpp"
#include "support/fields.hpp"

namespace scorefield {
namespace {

using base::Comm;
using test::same_bits;

/// Values over 40 orders of magnitude: a sum of doubles in any other order has other bits.
void make_uneven(const grid::Domain& domain, const grid::Field& field) {
  noise::fill_white(domain, {.seed = 3}, field);
  for (std::int64_t i = 0; i < field.size(); ++i) {
    double& x = field.data()[i];
    x *= std::pow(10.0, 10.0 * x);
  }
}

TEST(Rows, SumsHaveTheBitsOfOneRank) {
  for (const auto& shape : test::shapes()) {
    const grid::Domain domain = test::make_domain(shape, Comm::world());
    const grid::Domain alone = test::make_domain(shape, Comm::self());
    const auto all = [](const grid::Domain& on) {
      const grid::Field x(on, "x", 2), y(on, "y", 2);
      make_uneven(on, x);
      test::fill_by_site(y);
      const grid::SpectralField xhat(on, "xhat", 2), yhat(on, "yhat", 2);
      grid::forward(on, x, xhat);
      grid::forward(on, y, yhat);
      const reduce::Range range = reduce::range(on, x);
      return std::vector<double>{reduce::sum(on, x).value(), reduce::dot(on, x, y).value(),
                                 reduce::dot(on, xhat, yhat).value(), range.min, range.max};
    };
    const std::vector<double> here = all(domain);
    const std::vector<double> there = all(alone);
    for (std::size_t i = 0; i < here.size(); ++i) EXPECT_TRUE(same_bits(here[i], there[i])) << i << " of 5";
  }
}

TEST(ExactSum, IsJoinedExactlyOverRanks) {
  const Comm world = Comm::world();
  std::vector<reduce::ExactSum> sums(3);
  // Rank r holds 1e200 * (+-1) and 2^-r: only the small ones remain.
  const double big = world.rank() % 2 == 0 ? 1e200 : -1e200;
  sums[0].add(big);
  sums[0].add(std::ldexp(1.0, -world.rank()));
  sums[0].add(-big);
  sums[1].add(world.rank() == world.size() - 1 ? std::numeric_limits<double>::infinity() : 1.0);
  sums[2].add(world.rank() == 0 ? std::numeric_limits<double>::quiet_NaN() : 1.0);
  reduce::ExactSum one = sums[0];
  one.all_reduce(world);
  reduce::ExactSum::all_reduce(world, sums);
  const double wanted = 2.0 - std::ldexp(1.0, 1 - world.size());
  EXPECT_EQ(one.value(), wanted);
  EXPECT_EQ(sums[0].value(), wanted);
  EXPECT_EQ(sums[1].value(), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(sums[2].value()));
}

TEST(WhiteNoise, HasTheBitsOfOneRank) {
  for (const auto& shape : test::shapes()) {
    const grid::Domain domain = test::make_domain(shape, Comm::world());
    const grid::Domain alone = test::make_domain(shape, Comm::self());
    const grid::Field x(domain, "x", 2), whole(alone, "x", 2);
    const grid::SpectralField z(domain, "z", 2), whole_z(alone, "z", 2);
    const noise::Stream stream{.seed = 5, .chain = 2, .step = 7};
    noise::fill_white(domain, stream, x);
    noise::fill_white(alone, stream, whole);
    noise::fill_white(domain, stream, z);
    noise::fill_white(alone, stream, whole_z);
    EXPECT_TRUE(test::same_bits(x, whole));
    EXPECT_TRUE(test::same_bits(z, whole_z));
  }
}

}  // namespace
}  // namespace scorefield
