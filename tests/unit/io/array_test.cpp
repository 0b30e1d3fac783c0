/// Boxes and digests.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/errors.hpp"
#include "io/box.hpp"
#include "io/digest.hpp"

namespace scorefield::io {
namespace {

struct Box {
  Extents shape, offset, count;
};

Box random_box(std::mt19937& random, bool may_be_empty) {
  Box box;
  const std::size_t rank = 1 + random() % 4;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::uint64_t n = 1 + random() % 6;
    const std::uint64_t first = random() % n;
    const std::uint64_t least = may_be_empty ? 0 : 1;
    box.shape.push_back(n);
    box.offset.push_back(first);
    // Whole axes often: there runs join.
    const bool whole = random() % 2 == 0;
    if (whole) box.offset.back() = 0;
    box.count.push_back(whole ? n : least + random() % (n - first + 1 - least));
  }
  return box;
}

/// Linear indices of a box in C order, by plain counting.
std::vector<std::uint64_t> indices(const Box& box) {
  std::vector<std::uint64_t> result;
  for (std::uint64_t i = 0; i < product(box.shape); ++i) {
    std::uint64_t rest = i;
    bool inside = true;
    for (std::size_t axis = box.shape.size(); axis-- > 0;) {
      const std::uint64_t at = rest % box.shape[axis];
      rest /= box.shape[axis];
      inside = inside && at >= box.offset[axis] && at < box.offset[axis] + box.count[axis];
    }
    if (inside) result.push_back(i);
  }
  return result;
}

TEST(Box, RunsVisitEveryElementInOrder) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 2000; ++trial) {
    const Box box = random_box(random, true);
    std::vector<std::uint64_t> visited;
    for_each_run(box.shape, box.offset, box.count,
                 [&](std::uint64_t global, std::uint64_t local, std::uint64_t length) {
                   ASSERT_EQ(local, visited.size());
                   for (std::uint64_t i = 0; i < length; ++i) visited.push_back(global + i);
                 });
    ASSERT_EQ(visited, indices(box));
  }
}

TEST(Box, RunsJoinWholeRows) {
  int runs = 0;
  for_each_run({4, 5, 6}, {1, 0, 0}, {2, 5, 6}, [&](auto, auto, auto) { ++runs; });
  EXPECT_EQ(runs, 1);
  runs = 0;
  for_each_run({4, 5, 6}, {1, 0, 0}, {2, 4, 6}, [&](auto, auto, auto) { ++runs; });
  EXPECT_EQ(runs, 2);
  runs = 0;
  for_each_run({}, {}, {}, [&](auto, auto, auto) { ++runs; });
  EXPECT_EQ(runs, 1) << "a scalar is one run";
}

TEST(Box, BlocksAreSmallAndCoverTheBoxInItsOrder) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 2000; ++trial) {
    const Box box = random_box(random, true);
    const std::uint64_t limit = 1 + random() % 40;
    std::vector<std::uint64_t> visited;
    for_each_block(box.offset, box.count, limit, [&](const Extents& offset, const Extents& count, std::uint64_t local) {
      ASSERT_EQ(local, visited.size());
      ASSERT_LE(product(count), limit);
      const auto part = indices({box.shape, offset, count});
      visited.insert(visited.end(), part.begin(), part.end());
    });
    ASSERT_EQ(visited, indices(box));
  }
}

TEST(Box, OutsideIsRefused) {
  EXPECT_NO_THROW(check_box({4, 5}, {4, 0}, {0, 5}, "x"));
  EXPECT_THROW(check_box({4, 5}, {3, 0}, {2, 5}, "x"), base::FileError);
  EXPECT_THROW(check_box({4, 5}, {0}, {4}, "x"), base::FileError);
  EXPECT_THROW(check_box({4, 5}, {1, 0}, {~std::uint64_t{0}, 5}, "x"), base::FileError) << "must not wrap around";
}

TEST(Digest, Mix64IsTheFinaliserOfSplitMix64) {
  // First outputs of SplitMix64 with seed 0 (prng.di.unimi.it/splitmix64.c): mix of multiples of the golden gamma.
  constexpr std::uint64_t gamma = 0x9e3779b97f4a7c15ULL;
  EXPECT_EQ(mix64(gamma), 0xe220a8397b1dcdafULL);
  EXPECT_EQ(mix64(2 * gamma), 0x6e789e6aa1b965f4ULL);
  EXPECT_EQ(mix64(3 * gamma), 0x06c45d188009454fULL);
}

TEST(Digest, IsTheSameForAnyCut) {
  const Extents shape{7, 5, 6};
  std::vector<double> values(product(shape));
  std::mt19937_64 random(3);
  for (auto& value : values) value = static_cast<double>(random()) * 1e-3;
  const std::uint64_t whole = digest_piece(Type::float64, shape, {{0, 0, 0}, shape, values.data()});
  for (std::uint64_t cut_z = 0; cut_z <= 7; ++cut_z) {
    for (std::uint64_t cut_x = 0; cut_x <= 6; ++cut_x) {
      std::uint64_t sum = 0;
      for (const auto& [z0, z1] : {std::pair{std::uint64_t{0}, cut_z}, {cut_z, std::uint64_t{7}}}) {
        for (const auto& [x0, x1] : {std::pair{std::uint64_t{0}, cut_x}, {cut_x, std::uint64_t{6}}}) {
          const Box box{shape, {z0, 0, x0}, {z1 - z0, 5, x1 - x0}};
          std::vector<double> part;
          for (const auto i : indices(box)) part.push_back(values[i]);
          sum += digest_piece(Type::float64, shape, {box.offset, box.count, part.data()});
        }
      }
      ASSERT_EQ(sum, whole);
    }
  }
}

TEST(Digest, NoticesEveryFlippedBitAndEverySwap) {
  const Extents shape{11};
  std::vector<double> values{0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0};
  const auto digest = [&] { return digest_piece(Type::float64, shape, {{0}, shape, values.data()}); };
  const std::uint64_t right = digest();
  auto* const bytes = reinterpret_cast<unsigned char*>(values.data());
  for (std::size_t bit = 0; bit < 64 * values.size(); ++bit) {
    bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] ^ (1U << (bit % 8)));
    ASSERT_NE(digest(), right) << "bit " << bit;
    bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] ^ (1U << (bit % 8)));
  }
  std::swap(values[2], values[5]);
  EXPECT_NE(digest(), right);
  std::swap(values[2], values[5]);
  EXPECT_EQ(digest(), right);
}

TEST(Digest, OfTextDependsOnEveryCharacterAndOnLength) {
  const std::string text = "deck: {seed: 7}\n";
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] ^= 1;
    EXPECT_NE(digest_text(other), digest_text(text));
  }
  EXPECT_NE(digest_text(text + '\0'), digest_text(text));
  EXPECT_NE(digest_text(""), digest_text(std::string(1, '\0')));
}

}  // namespace
}  // namespace scorefield::io
