/// Marginals of binary images on strips of 8 pixels against the exact ones by transfer matrices.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>

#include "noise/philox.hpp"
#include "support/sampling_fixture.hpp"
#include "support/scratch_directory.hpp"

namespace scorefield {
namespace {

constexpr std::int64_t width = 8;
constexpr std::int64_t length = 64;
constexpr std::size_t states = 256;

/// Grey levels by (step along the strip, place across it).
using Strip = std::vector<std::vector<int>>;

Strip random_strip() {
  Strip levels(length, std::vector<int>(width));
  for (std::int64_t y = 0; y < length; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const auto site = static_cast<std::uint64_t>(y * width + x);
      levels[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] =
          static_cast<int>(noise::philox({.seed = 77}, site)[0] % 256);
    }
  }
  return levels;
}

int spin(std::size_t state, std::int64_t x) { return (state >> x & 1) != 0 ? 1 : -1; }

struct Prior {
  double coupling, diagonal, field;
};

/// P(pixel is black) of every pixel, by sums over the 2^8 states of each row from both ends.
std::vector<std::vector<double>> exact_marginals(const std::vector<std::vector<double>>& log_ratio,
                                                 const Prior& prior) {
  std::vector<std::vector<double>> local(length, std::vector<double>(states));
  for (std::size_t y = 0; y < length; ++y) {
    for (std::size_t a = 0; a < states; ++a) {
      double log_weight = 0.0;
      for (std::int64_t x = 0; x < width; ++x) {
        log_weight += spin(a, x) * (prior.field + 0.5 * log_ratio[y][static_cast<std::size_t>(x)]);
        if (x + 1 < width) log_weight += prior.coupling * spin(a, x) * spin(a, x + 1);
      }
      local[y][a] = std::exp(log_weight);
    }
  }
  std::vector<double> transfer(states * states);
  for (std::size_t a = 0; a < states; ++a) {
    for (std::size_t b = 0; b < states; ++b) {
      double log_weight = 0.0;
      for (std::int64_t x = 0; x < width; ++x) {
        log_weight += prior.coupling * spin(a, x) * spin(b, x);
        if (x + 1 == width) continue;
        log_weight += prior.diagonal * (spin(a, x) * spin(b, x + 1) + spin(a, x + 1) * spin(b, x));
      }
      transfer[a * states + b] = std::exp(log_weight);
    }
  }
  const auto next = [&](const std::vector<double>& from, const std::vector<double>& weight) {
    std::vector<double> to(states, 0.0);
    double norm = 0.0;
    for (std::size_t a = 0; a < states; ++a) {
      for (std::size_t b = 0; b < states; ++b) to[a] += transfer[a * states + b] * from[b] * weight[b];
      norm += to[a];
    }
    for (double& value : to) value /= norm;
    return to;
  };
  std::vector<std::vector<double>> before(length, std::vector<double>(states, 1.0));
  std::vector<std::vector<double>> after = before;
  for (std::size_t y = 1; y < length; ++y) before[y] = next(before[y - 1], local[y - 1]);
  for (std::size_t y = length - 1; y-- > 0;) after[y] = next(after[y + 1], local[y + 1]);
  std::vector<std::vector<double>> marginals(length, std::vector<double>(width, 0.0));
  for (std::size_t y = 0; y < length; ++y) {
    double norm = 0.0;
    for (std::size_t a = 0; a < states; ++a) {
      const double weight = before[y][a] * local[y][a] * after[y][a];
      norm += weight;
      for (std::int64_t x = 0; x < width; ++x) {
        if (spin(a, x) > 0) marginals[y][static_cast<std::size_t>(x)] += weight;
      }
    }
    for (double& p : marginals[y]) p /= norm;
  }
  return marginals;
}

/// The sums themselves, on a row alone: independent pixels, and a chain of spins without data.
TEST(Oracle, TransferMatrix) {
  const std::vector<std::vector<double>> ratio(length, std::vector<double>(width, 1.2));
  EXPECT_NEAR(exact_marginals(ratio, {0.0, 0.0, 0.1})[5][3], 1.0 / (1.0 + std::exp(-1.4)), 1e-12);
  const std::vector<std::vector<double>> none(length, std::vector<double>(width, 0.0));
  EXPECT_NEAR(exact_marginals(none, {0.4, 0.1, 0.0})[0][7], 0.5, 1e-12);
}

struct Case {
  const char *noise, *sampler;
  bool is_along_x;  // the strip
  Prior prior;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.sampler << ' ' << c.noise << (c.is_along_x ? " along x" : "") << " diagonal " << c.prior.diagonal;
}
class Strips : public ::testing::TestWithParam<Case> {};

/// 512 pixels in each of 8 cases; 64 chains. |t_63| < 6 for all 4096, which chance breaks with probability 4e-4.
TEST_P(Strips, MarginalsAreThoseOfTheTransferMatrix) {
  const Case& c = GetParam();
  const Strip levels = random_strip();
  test::ScratchDirectory scratch;
  const std::int64_t rows = c.is_along_x ? width : length;
  const std::int64_t columns = c.is_along_x ? length : width;
  const auto along = [&](std::int64_t y, std::int64_t x) { return static_cast<std::size_t>(c.is_along_x ? x : y); };
  const auto across = [&](std::int64_t y, std::int64_t x) { return static_cast<std::size_t>(c.is_along_x ? y : x); };
  {
    std::ofstream file(scratch / "strip.pgm");
    file << "P2\n# noise\n" << columns << ' ' << rows << "\n255\n";
    for (std::int64_t y = 0; y < rows; ++y) {
      for (std::int64_t x = 0; x < columns; ++x) file << levels[along(y, x)][across(y, x)] << '\n';
    }
  }
  const bool is_flip = std::string(c.noise).starts_with("flip");
  std::vector<std::vector<double>> log_ratio(length, std::vector<double>(width));
  for (std::size_t y = 0; y < length; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const int level = levels[y][x];
      // Black is 0, white 255; the flip probability is 0.25, the error 150.
      log_ratio[y][x] = is_flip ? std::log(level < 127.5 ? 0.75 / 0.25 : 0.25 / 0.75)
                                : (std::pow(level - 255.0, 2) - std::pow(level, 2)) / (2.0 * 150.0 * 150.0);
    }
  }
  const auto exact = exact_marginals(log_ratio, c.prior);
  test::Sampling s("run: {seed: 12}\ndomain: {shape: [" + std::to_string(rows) + ", " + std::to_string(columns) +
                   "]}\ntarget: {type: binary_image, file: " + (scratch / "strip.pgm").string() + ", " + c.noise +
                   ", coupling: " + std::to_string(c.prior.coupling) +
                   ", diagonal: " + std::to_string(c.prior.diagonal) + ", field: " + std::to_string(c.prior.field) +
                   "}\nsampler: " + c.sampler + "\n");
  std::vector<test::Average> means(static_cast<std::size_t>(rows * columns));
  constexpr int sweeps = 1000;
  for (int id = 0; id < 64; ++id) {
    auto chain = s.chain(id);
    std::vector<double> sums(means.size(), 0.0);
    for (int step = -100; step < sweeps; ++step) {
      s.sampler->step(*chain);
      if (step < 0) continue;
      s.sampler->settle(*chain);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += chain->x.real().data()[i];
    }
    for (std::size_t i = 0; i < sums.size(); ++i) means[i].add(sums[i] / sweeps);
  }
  double worst = 0.0;
  double least = 1.0;
  for (std::int64_t y = 0; y < rows; ++y) {
    for (std::int64_t x = 0; x < columns; ++x) {
      const double p = exact[along(y, x)][across(y, x)];
      const double t = std::abs(means[static_cast<std::size_t>(y * columns + x)].z(p));
      EXPECT_FALSE(std::isnan(t));
      worst = std::max(worst, t);
      least = std::min({least, p, 1.0 - p});
    }
  }
  // Else averages of a chain would not be nearly normal.
  ASSERT_GT(least, 0.005);
  std::printf("%s, %s: largest |t| of %d pixels %.2f\n", c.sampler, c.noise, static_cast<int>(means.size()), worst);
  EXPECT_LT(worst, 6.0);
}

constexpr const char* flip = "flip: {probability: 0.25}";
constexpr const char* grey = "gaussian: {std: 150.0}";
INSTANTIATE_TEST_SUITE_P(BinaryImage, Strips,
                         ::testing::Values(Case{flip, "metropolis", false, {0.35, 0.0, 0.05}},
                                           Case{grey, "metropolis", true, {0.35, 0.0, -0.1}},
                                           Case{flip, "heat_bath", false, {0.35, 0.0, 0.05}},
                                           Case{grey, "heat_bath", true, {0.35, 0.0, -0.1}},
                                           Case{flip, "swendsen_wang", false, {0.35, 0.0, 0.05}},
                                           Case{grey, "swendsen_wang", true, {0.35, 0.0, -0.1}},
                                           Case{flip, "metropolis", true, {0.25, 0.1, 0.05}},
                                           Case{grey, "heat_bath", false, {0.25, 0.1, 0.0}}));

}  // namespace
}  // namespace scorefield
