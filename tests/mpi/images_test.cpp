/// Images in files and made up: the same pixels, energies and sweeps on any number of ranks.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/errors.hpp"
#include "io/grey_image.hpp"
#include "model/image_file.hpp"
#include "support/fields.hpp"
#include "support/sampling_fixture.hpp"
#include "support/scratch_directory.hpp"

namespace scorefield {
namespace {

std::uint8_t level_of(std::int64_t y, std::int64_t x) { return static_cast<std::uint8_t>((y * 37 + x * 101) % 256); }

/// A picture of level_of, by the root.
std::string write_picture(const test::ScratchDirectory& scratch, std::int64_t rows, std::int64_t columns) {
  const base::Comm world = base::Comm::world();
  if (world.is_root()) {
    io::GreyImage image{rows, columns, {}};
    for (std::int64_t i = 0; i < rows * columns; ++i) image.levels.push_back(level_of(i / columns, i % columns));
    io::write_png(scratch / "image.png", image);
  }
  world.barrier();
  return (scratch / "image.png").string();
}

TEST(Images, EveryRankGetsItsRows) {
  test::ScratchDirectory scratch(base::Comm::world());
  for (const std::int64_t rows : {2, 7, 40}) {
    const std::string path = write_picture(scratch, rows, 9);
    const grid::Domain domain = test::make_domain({rows, 9}, base::Comm::world());
    grid::Field levels(domain, "levels");
    model::read_image(domain, path, "", levels);
    for (std::int64_t i = 0; i < levels.size(); ++i)
      EXPECT_EQ(levels.data()[i], level_of(levels.box().lo[0] + i / 9, i % 9)) << rows;
  }
}

TEST(Images, OfAnotherShapeAreRefusedOnAllRanks) {
  test::ScratchDirectory scratch(base::Comm::world());
  const std::string path = write_picture(scratch, 12, 9);
  const grid::Domain domain = test::make_domain({9, 12}, base::Comm::world());
  grid::Field levels(domain, "levels");
  try {
    model::read_image(domain, path, "", levels);
    ADD_FAILURE() << "taken";
  } catch (const base::FileError& error) {
    EXPECT_EQ(error.advice(), "set domain.shape: [12, 9]");
  }
  EXPECT_THROW(model::read_image(domain, (scratch / "none.png").string(), "", levels), base::FileError);
}

struct Case {
  const char *noise, *sampler;
  double diagonal;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.noise << ' ' << c.sampler; }
class SameImages : public ::testing::TestWithParam<Case> {};

/// Data, truth, first state and sweeps, pixel by pixel.
TEST_P(SameImages, AsOnOneRank) {
  const Case& c = GetParam();
  for (const char* shape : {"[40, 62]", "[12, 200]"}) {
    const std::string deck = std::string("run: {seed: 4}\ndomain: {shape: ") + shape +
                             "}\ntarget: {type: binary_image, simulate: {text: same bits, scale: 1}, " + c.noise +
                             ", coupling: 0.5, diagonal: " + std::to_string(c.diagonal) + "}\nsampler: " + c.sampler +
                             "\n";
    test::Sampling together(deck, base::Comm::world());
    test::Sampling alone(deck, base::Comm::self());
    const auto expect_equal = [&](const grid::Field& mine, const grid::Field& all, const std::string& what) {
      const std::int64_t first = mine.box().empty() ? 0 : mine.box().lo[0] * mine.row_length();
      for (std::int64_t i = 0; i < mine.size(); ++i) EXPECT_EQ(mine.data()[i], all.data()[first + i]) << what;
    };
    const auto of_all = together.target->named_fields();
    const auto of_one = alone.target->named_fields();
    EXPECT_EQ(of_all.size(), 2U);
    for (std::size_t i = 0; i < of_one.size(); ++i) expect_equal(of_all[i].field, of_one[i].field, of_one[i].path);
    auto a = together.chain(0);
    auto b = alone.chain(0);
    for (int step = 0; step < 10; ++step) {
      together.sampler->settle(*a);
      alone.sampler->settle(*b);
      EXPECT_EQ(a->energy.value(), b->energy.value());
      expect_equal(a->x.real(), b->x.real(), "step " + std::to_string(step));
      if (base::Comm::world().max(std::int64_t{HasFailure()}) > 0) return;
      together.sampler->step(*a);
      alone.sampler->step(*b);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Noises, SameImages,
                         ::testing::Values(Case{"flip: {probability: 0.2}", "metropolis", 0.0},
                                           Case{"gaussian: {std: 80.0}", "swendsen_wang", 0.0},
                                           Case{"gaussian: {std: 80.0}", "heat_bath", 0.2}));

/// Errors of simulated data have the size that the deck asks for, at 5 sigma.
TEST(Images, SimulatedNoiseHasItsSize) {
  const auto fields_of = [](const std::string& noise) {
    test::Sampling s(
        "run: {seed: 4}\ndomain: {shape: [200, 300]}\ntarget: {type: binary_image, simulate: {text: noise, "
        "scale: 3, seed: 9}, " +
        noise + "}\nsampler: metropolis\n");
    return s.target->named_fields();
  };
  constexpr double cells = 200.0 * 300.0;
  const auto flipped = fields_of("flip: {probability: 0.2}");
  double wrong = 0.0;
  double ink = 0.0;
  for (std::int64_t i = 0; i < flipped[0].field.size(); ++i) {
    const double level = flipped[0].field.data()[i];
    ASSERT_TRUE(level == 0.0 || level == 255.0);
    wrong += (level == 0.0) != (flipped[1].field.data()[i] == 1.0) ? 1.0 : 0.0;
    ink += flipped[1].field.data()[i];
  }
  EXPECT_LT(std::abs(wrong - 0.2 * cells), 5.0 * std::sqrt(0.16 * cells));
  EXPECT_GT(ink, 0.05 * cells);
  const auto grey = fields_of("gaussian: {std: 60.0}");
  double squares = 0.0;
  for (std::int64_t i = 0; i < grey[0].field.size(); ++i)
    squares += std::pow((grey[0].field.data()[i] - 255.0 * (1.0 - grey[1].field.data()[i])) / 60.0, 2);
  EXPECT_LT(std::abs(squares - cells), 5.0 * std::sqrt(2.0 * cells));
}

}  // namespace
}  // namespace scorefield
