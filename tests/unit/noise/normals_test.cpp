#include "noise/normals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "noise/philox.hpp"
#include "reduce/rows.hpp"
#include "support/fields.hpp"

namespace scorefield::noise {
namespace {

long double uniform52(std::uint32_t high, std::uint32_t low) {
  return static_cast<long double>((std::uint64_t{high} << 32 | low) >> 12) * 0x1p-52L;
}

/// Box-Muller on Random123's own bits, in long double: knows nothing of our vector code.
std::pair<double, double> reference_pair(const Stream& stream, std::uint64_t site) {
  const auto word = philox(stream, site);
  const long double r = std::sqrt(-2.0L * std::log(1.0L - uniform52(word[0], word[1])));
  const long double angle = 2.0L * std::numbers::pi_v<long double> * uniform52(word[2], word[3]);
  return {static_cast<double>(r * std::cos(angle)), static_cast<double>(r * std::sin(angle))};
}

TEST(Philox, GivesTheKnownAnswersOfItsAuthors) {
  // kat_vectors of Random123 1.14: philox4x32 10, counter and key all zeros.
  const auto zero = philox({.seed = 0, .purpose = Purpose{}, .chain = 0, .step = 0}, 0);
  EXPECT_EQ(zero, (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

TEST(Philox, GivesUniformNumbersBetweenZeroAndOne) {
  const Stream stream{.seed = 5, .step = 17};
  for (std::uint64_t site = 0; site < 1000; ++site) {
    const auto word = philox(stream, site);
    const double wanted = static_cast<double>(uniform52(word[0], word[1]) + 0x1p-53L);  // the middle of its interval
    EXPECT_EQ(uniform(stream, site), wanted);
  }
}

TEST(Normals, AgreeWithLibmOnRandom123) {
  const Stream stream{.seed = 0x123456789abcdef0ULL, .chain = 0xabcdef, .step = 0x12345678ff};
  constexpr std::int64_t count = 200000;
  std::vector<double> a(count), b(count);
  for (const std::uint64_t first : {std::uint64_t{0}, (std::uint64_t{1} << 32) - count / 2}) {
    normal_pairs(stream, first, count, a.data(), b.data());
    double worst = 0.0;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto [ra, rb] = reference_pair(stream, first + static_cast<std::uint64_t>(i));
      worst = std::max({worst, std::abs(a[i] - ra), std::abs(b[i] - rb)});
    }
    EXPECT_LT(worst, 4e-15);
  }
}

TEST(Normals, DoNotDependOnHowTheyAreAskedFor) {
  const Stream stream{.seed = 8, .step = 3};
  constexpr std::int64_t count = 1500;
  std::vector<double> a(count), b(count), c(count), d(count);
  normal_pairs(stream, 1000, count, a.data(), b.data());
  for (const std::int64_t piece : {1, 7, 255, 256, 257, 1000}) {
    for (std::int64_t i = 0; i < count; i += piece) {
      normal_pairs(stream, static_cast<std::uint64_t>(1000 + i), std::min(piece, count - i), &c[i], &d[i]);
    }
    EXPECT_EQ(a, c) << piece;
    EXPECT_EQ(b, d) << piece;
  }
}

// Power: with 4e6 values an error of 0.5 % of the variance gives z = 7, of 0.003 in the mean z = 6.
TEST(Normals, HaveTheMomentsOfNormals) {
  constexpr std::int64_t count = 2000000;
  std::vector<double> a(count), b(count);
  normal_pairs({.seed = 17}, 0, count, a.data(), b.data());
  double sums[5] = {};
  double cross = 0.0;
  double neighbour = 0.0;
  for (std::int64_t i = 0; i < count; ++i) {
    for (const double x : {a[i], b[i]}) {
      double power = 1.0;
      for (int p = 1; p <= 4; ++p) sums[p] += power *= x;
    }
    cross += a[i] * b[i];
    if (i > 0) neighbour += a[i] * a[i - 1];
  }
  const double n = 2.0 * count;
  const double mean[] = {1.0, 0.0, 1.0, 0.0, 3.0};
  const double variance[] = {1.0, 1.0, 2.0, 15.0, 96.0};
  for (int p = 1; p <= 4; ++p) EXPECT_LT(std::abs(sums[p] - n * mean[p]) / std::sqrt(n * variance[p]), 5.0) << p;
  EXPECT_LT(std::abs(cross) / std::sqrt(count), 5.0);
  EXPECT_LT(std::abs(neighbour) / std::sqrt(count), 5.0);
}

TEST(Normals, OfOtherStreamsAreIndependent) {
  constexpr std::int64_t count = 100000;
  std::vector<double> a(count), b(count), c(count), d(count);
  const Stream base{.seed = 4, .purpose = Purpose::proposal, .chain = 1, .step = 1};
  normal_pairs(base, 0, count, a.data(), b.data());
  for (const Stream& other :
       {Stream{5, Purpose::proposal, 1, 1}, Stream{4, Purpose::accept, 1, 1}, Stream{4, Purpose::proposal, 2, 1},
        Stream{4, Purpose::proposal, 1, 2}, Stream{4 + (std::uint64_t{1} << 32), Purpose::proposal, 1, 1},
        Stream{4, Purpose::proposal, 1, 1 + (std::uint64_t{1} << 32)}}) {
    normal_pairs(other, 0, count, c.data(), d.data());
    double product = 0.0;
    for (std::int64_t i = 0; i < count; ++i) product += a[i] * c[i];
    EXPECT_LT(std::abs(product) / std::sqrt(count), 5.0);
    EXPECT_NE(a, c);
  }
}

TEST(WhiteModes, AreTheSameOnAFinerGrid) {
  const Stream stream{.seed = 9};
  for (const int dimensions : {2, 3}) {
    const std::vector<std::int64_t> coarse_shape(static_cast<std::size_t>(dimensions), 32);
    const std::vector<std::int64_t> fine_shape(static_cast<std::size_t>(dimensions), 64);
    const grid::Domain coarse = test::make_domain(coarse_shape, base::Comm::self());
    const grid::Domain fine = test::make_domain(fine_shape, base::Comm::self());
    const grid::SpectralField zc(coarse, "coarse"), zf(fine, "fine");
    fill_white(coarse, stream, zc);
    fill_white(fine, stream, zf);
    const grid::Index3 n = coarse.lattice().n();
    std::int64_t compared = 0;
    for (std::int64_t y = 0; y < n[1]; ++y) {
      for (std::int64_t kx = 0; kx < n[2] / 2; ++kx) {
        for (std::int64_t z = 0; z < n[0]; ++z) {
          // A Nyquist mode of the coarse grid is real there and complex on the fine one.
          if (coarse.lattice().is_nyquist(1, y) || coarse.lattice().is_nyquist(0, z)) continue;
          const auto index = [&](int axis, std::int64_t i) {
            const std::int64_t m = coarse.lattice().mode(axis, i);
            return m >= 0 ? m : m + fine.lattice().n()[axis];
          };
          const base::Complex a = zc.view()(0, y, kx, z);
          const base::Complex b = zf.view()(0, index(1, y), kx, index(0, z));
          ASSERT_TRUE(a.real() == b.real() && a.imag() == b.imag()) << y << ' ' << kx << ' ' << z;
          ++compared;
        }
      }
    }
    EXPECT_GT(compared, dimensions == 2 ? 400 : 14000);
  }
}

TEST(WhiteModes, AreThoseOfARealWhiteFieldOfUnitVariance) {
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{16, 16}, {15, 9}, {8, 6, 7}, {4, 4, 4}}) {
    const grid::Domain domain = test::make_domain(shape, base::Comm::self());
    const grid::SpectralField z(domain, "z"), again(domain, "again");
    const grid::Field x(domain, "x");
    const double sites = static_cast<double>(domain.lattice().sites());
    constexpr int draws = 4000;
    std::vector<double> squares(static_cast<std::size_t>(x.size()), 0.0);
    double neighbours = 0.0;
    for (int draw = 0; draw < draws; ++draw) {
      fill_white(domain, {.seed = 21, .step = static_cast<std::uint64_t>(draw)}, z);
      grid::backward(domain, z, x);  // variance 1/N
      if (draw == 0) {
        // Hermitian: nothing is lost on the way through real space.
        grid::forward(domain, x, again);
        for (std::int64_t i = 0; i < z.size(); ++i) {
          ASSERT_NEAR(again.data()[i].real(), z.data()[i].real(), 1e-13);
          ASSERT_NEAR(again.data()[i].imag(), z.data()[i].imag(), 1e-13);
        }
      }
      for (std::int64_t i = 0; i < x.size(); ++i) squares[i] += x.data()[i] * x.data()[i] * sites;
      neighbours += x.data()[0] * x.data()[1] * sites;
    }
    // Each site: chi2 with `draws` degrees of freedom; all of them together find 0.3 % of variance at z = 5 for N =
    // 256.
    double total = 0.0;
    for (const double s : squares) {
      EXPECT_LT(std::abs(s - draws) / std::sqrt(2.0 * draws), 5.0);
      total += s;
    }
    EXPECT_LT(std::abs(total - draws * sites) / std::sqrt(2.0 * draws * sites), 5.0);
    EXPECT_LT(std::abs(neighbours) / std::sqrt(draws), 5.0);
  }
}

}  // namespace
}  // namespace scorefield::noise
