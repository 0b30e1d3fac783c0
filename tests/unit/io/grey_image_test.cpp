/// Pictures: PNG there and back, every kind of PGM and PBM, and what is none of these.

#include "io/grey_image.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/errors.hpp"
#include "support/scratch_directory.hpp"

namespace scorefield::io {
namespace {

using Levels = std::vector<std::uint8_t>;

GreyImage read(const std::string& bytes) {
  test::ScratchDirectory scratch;
  std::ofstream(scratch / "picture", std::ios::binary) << bytes;
  EXPECT_TRUE(is_grey_image(scratch / "picture"));
  return read_grey_image(scratch / "picture");
}

TEST(GreyImage, PngComesBack) {
  test::ScratchDirectory scratch;
  GreyImage image{3, 100, {}};
  for (int i = 0; i < 300; ++i) image.levels.push_back(static_cast<std::uint8_t>(i * 7 % 256));
  write_png(scratch / "a.png", image);
  write_png(scratch / "a.png", image);  // in place of the first
  EXPECT_TRUE(is_grey_image(scratch / "a.png"));
  const GreyImage back = read_grey_image(scratch / "a.png");
  EXPECT_EQ(back.rows, 3);
  EXPECT_EQ(back.columns, 100);
  EXPECT_EQ(back.levels, image.levels);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 1) << "temporary files stay";
  EXPECT_THROW(write_png(scratch / "no" / "a.png", image), base::FileError);
}

TEST(GreyImage, PgmAndPbm) {
  const Levels bits{255, 0, 255, 0, 0, 255};  // 1 is black
  for (const std::string& text :
       {std::string("P1\n# a comment\n3 2\n010\n1 1 0\n"), std::string("P4 3 2\n\x40\xc0", 9)}) {
    const GreyImage image = read(text);
    EXPECT_EQ(image.rows, 2);
    EXPECT_EQ(image.columns, 3);
    EXPECT_EQ(image.levels, bits) << text;
  }
  EXPECT_EQ(read("P2 2 2 255\n0 7 # end\n200 255").levels, (Levels{0, 7, 200, 255}));
  EXPECT_EQ(read("P2 2 1 3\n1 3").levels, (Levels{85, 255}));
  EXPECT_EQ(read(std::string("P5\n2 2\n255\n\x00\x0a\x23\xff", 15)).levels, (Levels{0, 10, 35, 255}));
  // Rows of a PBM begin at whole bytes.
  EXPECT_EQ(read(std::string("P4\n9 2\n\xff\x80\x00\x00", 11)).levels,
            (Levels{0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255}));
}

TEST(GreyImage, DamagedOnesAreRefused) {
  for (const char* text : {"P5\n2 2\n255\nabc", "P2 2 2 255 1 2 3", "P2 2 2 65535 1 2 3 4", "P2 0 2 255",
                           "P2 2 1 9 1 10", "P1 2 1 0 x", "P5", "\x89PNG\r\n\x1a\n and no more"}) {
    EXPECT_THROW((void)read(text), base::FileError) << text;
  }
  test::ScratchDirectory scratch;
  std::ofstream(scratch / "text") << "no picture";
  EXPECT_FALSE(is_grey_image(scratch / "text"));
  EXPECT_THROW((void)read_grey_image(scratch / "text"), base::FileError);
  EXPECT_THROW((void)is_grey_image(scratch / "missing"), base::FileError);
}

}  // namespace
}  // namespace scorefield::io
