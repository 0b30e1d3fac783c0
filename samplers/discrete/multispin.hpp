#pragma once
/// Spins 64 to a word: how many neighbours are equal, and which of them are turned over.

#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "grid/packed_spins.hpp"
#include "noise/words.hpp"

namespace scorefield::samplers::multispin {

constexpr std::int64_t width = noise::plane_words;
static_assert(width == grid::PackedSpins::words_at_once);
#if defined(__AVX2__)
constexpr std::size_t vector_bytes = 32;
#else
constexpr std::size_t vector_bytes = 16;
#endif

/// Bits of `width` words, in as many vectors as the machine has them: of loops over words compilers make scalar code.
struct Block {
  using Vector = std::uint64_t __attribute__((vector_size(vector_bytes)));
  static constexpr std::size_t words_of_part = vector_bytes / 8;
  static constexpr std::size_t size = width / words_of_part;
  Vector part[size];

  // Vector by vector: what is copied in smaller parts cannot be read as a vector before it has reached the cache.
  void load(const std::uint64_t* from) {
    for (std::size_t i = 0; i < size; ++i) std::memcpy(&part[i], from + i * words_of_part, vector_bytes);
  }
  void store(std::uint64_t* to) const {
    for (std::size_t i = 0; i < size; ++i) std::memcpy(to + i * words_of_part, &part[i], vector_bytes);
  }
  void clear() {
    for (Vector& v : part) v = Vector{};
  }
  [[nodiscard]] bool any() const {
    Vector all{};
    for (const Vector& v : part) all |= v;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < words_of_part; ++i) sum |= all[i];
    return sum != 0;
  }
};

using Bits = Block::Vector;

/// Axes whose couplings are equal count their neighbours together.
struct Group {
  double coupling;
  std::vector<int> axes;
};

/// Spins that are turned over with probability p < 1: so many equal neighbours in each group, and this symbol where
/// there is a field.
struct Uncertain {
  std::array<int, 3> equal;
  int symbol;  ///< -1: any
  std::uint32_t threshold;
};

constexpr std::size_t most_classes = 54;  // three couplings and a field

struct Rule {
  std::vector<Group> groups;
  std::vector<Uncertain> classes;
};

/// Bits of equal neighbours, counted in binary: up to six.
struct Count {
  Block ones, twos, fours;

  void clear() {
    ones.clear();
    twos.clear();
    fours.clear();
  }
  void add(const Block& spin, const Block& neighbour) {
    for (std::size_t i = 0; i < Block::size; ++i) {
      const Bits equal = ~(spin.part[i] ^ neighbour.part[i]);
      const Bits carry = ones.part[i] & equal;
      ones.part[i] ^= equal;
      fours.part[i] |= twos.part[i] & carry;
      twos.part[i] ^= carry;
    }
  }
  void keep_where_equal(int count, Block& mask) const {
    const auto keep = [&](const Block& digit, bool is_set) {
      for (std::size_t i = 0; i < Block::size; ++i) mask.part[i] &= is_set ? digit.part[i] : ~digit.part[i];
    };
    keep(ones, (count & 1) != 0);
    keep(twos, (count & 2) != 0);
    keep(fours, (count & 4) != 0);
  }
};

/// Spins of `width` words: which of them are undecided, to be turned over, and of which class.
struct Draw {
  Block open, turned;
  std::array<Block, most_classes> members;

  /// One more bit of the random number and of the threshold of each spin.
  void compare(const std::vector<Uncertain>& classes, int bit, const noise::Plane& plane) {
    Block digit{};
    for (std::size_t c = 0; c < classes.size(); ++c) {
      if ((classes[c].threshold >> (31 - bit) & 1U) == 0) continue;
      for (std::size_t i = 0; i < Block::size; ++i) digit.part[i] |= members[c].part[i];
    }
    Block random;  // NOLINT(cppcoreguidelines-pro-type-member-init): written next
    random.load(plane.data());
    for (std::size_t i = 0; i < Block::size; ++i) {
      turned.part[i] |= open.part[i] & digit.part[i] & ~random.part[i];
      open.part[i] &= ~(digit.part[i] ^ random.part[i]);
    }
  }
};

/// Words with spins that eight bits have not decided, of any rows: looked at together when there are `width` of them,
/// for then hardly a random bit is drawn in vain.
class Undecided {
 public:
  Undecided(const Rule& rule, const noise::Stream& stream) : classes_(&rule.classes), stream_(stream) {}

  /// Spins of a row of which the draw has left some words open; `first` is the number of its first word.
  void add(const Draw& draw, std::uint64_t first, std::uint64_t* spins) {
    Plane open;  // NOLINT(cppcoreguidelines-pro-type-member-init): written next
    draw.open.store(open.data());
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (open[i] == 0) continue;
      words_[count_] = first + i;
      spins_[count_] = spins + i;
      open_[count_] = open[i];
      for (std::size_t c = 0; c < classes_->size(); ++c)
        std::memcpy(&members_[c][count_], reinterpret_cast<const char*>(&draw.members[c]) + 8 * i, 8);
      if (++count_ == width) decide();
    }
  }
  void decide() {
    if (count_ == 0) return;
    Draw draw;  // NOLINT(cppcoreguidelines-pro-type-member-init): written next
    draw.open.load(open_.data());
    draw.turned.clear();
    for (std::size_t c = 0; c < classes_->size(); ++c) draw.members[c].load(members_[c].data());
    std::array<Plane, 2> planes;  // NOLINT(cppcoreguidelines-pro-type-member-init): written by further_planes
    for (int bit = 8; bit < 32 && draw.open.any(); bit += 2) {
      noise::further_planes(stream_, words_, bit, planes);
      draw.compare(*classes_, bit, planes[0]);
      draw.compare(*classes_, bit + 1, planes[1]);
    }
    Plane turned;  // NOLINT(cppcoreguidelines-pro-type-member-init): written next
    draw.turned.store(turned.data());
    for (std::size_t i = 0; i < count_; ++i) {
      *spins_[i] ^= turned[i];
      turned_ += std::popcount(turned[i]);
    }
    open_.fill(0);
    count_ = 0;
  }
  [[nodiscard]] std::int64_t turned() const { return turned_; }

 private:
  using Plane = noise::Plane;

  const std::vector<Uncertain>* classes_;
  noise::Stream stream_;
  Plane words_{}, open_{};
  std::array<Plane, most_classes> members_{};
  std::array<std::uint64_t*, width> spins_{};
  std::size_t count_ = 0;
  std::int64_t turned_ = 0;
};

}  // namespace scorefield::samplers::multispin
