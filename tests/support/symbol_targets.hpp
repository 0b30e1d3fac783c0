#pragma once
/// Targets of symbols that no deck has: with terms across the axes, and with terms that tie all cells.

#include <array>
#include <memory>

#include "model/symbol_target.hpp"
#include "noise/philox.hpp"

namespace scorefield::test {

/// Pairs of cells that are up to two cells apart and not always on an axis, in 2-D: (0, 1), (0, 2), (2, 0), (1, 2),
/// (2, -2). Equal symbols pay, three symbols. With a map, which weighs symbol 1, of known values.
class RangeTwo final : public model::SymbolTarget {
 public:
  struct Bond {
    std::int64_t dz, dx;
    double strength;
  };
  static constexpr std::array<Bond, 5> bonds{{{0, 1, -0.4}, {0, 2, 0.3}, {2, 0, -0.5}, {1, 2, 0.35}, {2, -2, -0.3}}};

  explicit RangeTwo(const grid::Domain& domain, bool has_map = false) : SymbolTarget(domain) {
    if (!has_map) return;
    map_ = grid::Field(domain, "map");
    const grid::Box& box = domain.real_box();
    double* value = map_.data();
    for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z) {
      for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y) {
        for (std::int64_t x = 0; x < map_.row_length(); ++x) {
          const std::int64_t site = (z * domain.lattice().n()[1] + y) * map_.row_length() + x;
          *value++ = 3.0 * noise::uniform({.seed = 77}, static_cast<std::uint64_t>(site)) - 1.5;
        }
      }
    }
  }
  [[nodiscard]] int symbols() const override { return 3; }
  [[nodiscard]] int reach() const override { return 2; }
  [[nodiscard]] bool is_axis_only() const override { return false; }
  [[nodiscard]] const grid::Field* map() const override { return map_.size() > 0 ? &map_ : nullptr; }
  void changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const override {
    for (std::int64_t i = 0; i < row.count; ++i) {
      const std::uint8_t* at = row.at + row.cell(i);
      change[i] = field(row, row.cell(i)) * ((proposed[i] == 1) - (*at == 1));
      for (const Bond& b : bonds) {
        const std::int64_t to = b.dz * row.strides[0] + b.dx * row.strides[2];
        change[i] += b.strength * ((at[to] == proposed[i]) - (at[to] == *at));
        change[i] += b.strength * ((at[-to] == proposed[i]) - (at[-to] == *at));
      }
    }
  }
  [[nodiscard]] double energy(const model::SymbolRow& row) const override {
    double sum = 0.0;
    for (std::int64_t i = 0; i < row.count; ++i) {
      const std::uint8_t* at = row.at + row.cell(i);
      sum += field(row, row.cell(i)) * (*at == 1);
      for (const Bond& b : bonds) sum += b.strength * (at[b.dz * row.strides[0] + b.dx * row.strides[2]] == *at);
    }
    return sum;
  }

 private:
  [[nodiscard]] double field(const model::SymbolRow& row, std::int64_t cell) const {
    if (row.map != nullptr) return row.map[cell];
    return map_.size() > 0 ? map_.data()[row.local + cell] : 0.0;
  }
  grid::Field map_;
};

/// Every pair of cells of a line of spins has a coupling of its own.
class AllPairs final : public model::SymbolTarget {
 public:
  explicit AllPairs(const grid::Domain& domain) : SymbolTarget(domain), n_(domain.lattice().sites()) {}
  [[nodiscard]] int symbols() const override { return 2; }
  [[nodiscard]] int reach() const override { return everywhere; }
  [[nodiscard]] bool is_axis_only() const override { return false; }
  void changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const override {
    for (std::int64_t i = 0; i < row.count; ++i) {
      const std::int64_t cell = row.cell(i);
      change[i] = 0.0;
      for (std::int64_t other = 0; other < n_; ++other) {
        if (other != cell) change[i] += coupling(cell, other) * (proposed[i] - row.at[cell]) * row.at[other];
      }
    }
  }
  [[nodiscard]] double energy(const model::SymbolRow& row) const override {
    double sum = 0.0;
    for (std::int64_t a = 0; a < n_; ++a)
      for (std::int64_t b = 0; b < a; ++b) sum += coupling(a, b) * row.at[a] * row.at[b];
    return sum;
  }

 private:
  [[nodiscard]] double coupling(std::int64_t a, std::int64_t b) const {
    const std::uint64_t pair = static_cast<std::uint64_t>(std::max(a, b) * n_ + std::min(a, b));
    return 2.4 * noise::uniform({.seed = 78}, pair) - 1.4;
  }
  std::int64_t n_;
};

template <class T, class... Arguments>
auto make_target(Arguments... arguments) {
  return [=](const grid::Domain& domain) { return std::make_unique<T>(domain, arguments...); };
}

}  // namespace scorefield::test
