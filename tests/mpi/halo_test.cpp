#include <gtest/gtest.h>

#include "grid/halo.hpp"
#include "grid/redistribute.hpp"
#include "support/fields.hpp"

namespace scorefield {
namespace {

using base::Comm;

std::int64_t wrap(std::int64_t i, std::int64_t n) { return (i % n + n) % n; }

TEST(Halo, HoldsThePeriodicNeighbours) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{7, 5}, {16, 16}, {4, 3}, {5, 4, 6}, {2, 7, 3}, {1, 1, 4}}) {
    const grid::Domain domain = test::make_domain(shape, Comm::world());
    const grid::Index3 n = domain.lattice().n();
    for (const int components : {1, 3}) {
      for (const int width : {0, 1, 2, 9}) {  // 9 is wider than most of these lattices
        const grid::Field field(domain, "field", components, width);
        test::fill_by_site(field);
        grid::Halo halo(domain, components, width);
        halo.exchange(field);
        const auto view = field.view();
        std::int64_t wrong = 0;
        for (int c = 0; c < components; ++c) {
          for (std::int64_t z = 0; z < static_cast<std::int64_t>(view.extent(1)); ++z) {
            for (std::int64_t y = 0; y < static_cast<std::int64_t>(view.extent(2)); ++y) {
              for (std::int64_t x = 0; x < static_cast<std::int64_t>(view.extent(3)); ++x) {
                if (field.box().empty()) continue;  // a rank without cells has no neighbours
                wrong += view(c, z, y, x) != test::value_at(c, wrap(field.box().lo[0] + z - field.halo(0), n[0]),
                                                            wrap(field.box().lo[1] + y - field.halo(1), n[1]),
                                                            wrap(x - field.halo(2), n[2]));
              }
            }
          }
        }
        EXPECT_EQ(wrong, 0) << shape.size() << "-D, width " << width << ", components " << components;
      }
    }
  }
}

TEST(GhostRows, AreTheRowsOfThePeriodicNeighbours) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{7, 5}, {16, 16}, {4, 3}, {5, 4, 6}, {2, 7, 3}, {1, 1, 4}, {5}}) {
    const grid::Domain domain = test::make_domain(shape, Comm::world());
    const grid::Index3 n = domain.lattice().n();
    for (const int width : {1, 2, 9}) {
      const grid::Field field(domain, "field", 2);
      test::fill_by_site(field);
      grid::GhostRows ghosts(domain, 2, width);
      const auto rows = ghosts.exchange(field);
      if (field.box().empty()) continue;
      const std::int64_t wz = n[0] > 1 ? width : 0;
      const std::int64_t wy = n[1] > 1 ? width : 0;
      std::int64_t wrong = 0;
      for (int c = 0; c < 2; ++c)
        for (std::int64_t z = -wz; z < field.box().extent(0) + wz; ++z)
          for (std::int64_t y = -wy; y < field.box().extent(1) + wy; ++y)
            for (std::int64_t x = 0; x < n[2]; ++x)
              wrong += rows(c, z, y)[x] !=
                       test::value_at(c, wrap(field.box().lo[0] + z, n[0]), wrap(field.box().lo[1] + y, n[1]), x);
      EXPECT_EQ(wrong, 0) << shape.size() << "-D, width " << width;
    }
  }
}

TEST(Redistribution, MovesEachSiteToItsNewOwner) {
  const Comm world = Comm::world();
  const grid::Lattice lattice({7, 5, 6}, {1.0, 1.0, 1.0});
  // From slabs of z to slabs of y, in which the last ranks may own nothing.
  std::vector<grid::Box> from, to;
  const std::int64_t ranks = world.size();
  for (std::int64_t r = 0; r < ranks; ++r) {
    from.push_back({{7 * r / ranks, 0, 0}, {7 * (r + 1) / ranks, 5, 6}});
    to.push_back({{0, 5 * r / ranks, 0}, {7, 5 * (r + 1) / ranks, 6}});
  }
  for (const int values : {1, 2}) {
    const grid::Redistribution plan(world, from, to, values);
    const auto fill = [&](const grid::Box& box) {
      std::vector<double> all;
      for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z)
        for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y)
          for (std::int64_t x = box.lo[2]; x < box.hi[2]; ++x)
            for (int v = 0; v < values; ++v) all.push_back(test::value_at(v, z, y, x));
      return all;
    };
    const std::vector<double> before = fill(from[static_cast<std::size_t>(world.rank())]);
    const std::vector<double> wanted = fill(to[static_cast<std::size_t>(world.rank())]);
    std::vector<double> after(wanted.size(), -1.0);
    plan.move(before.data(), after.data());
    EXPECT_EQ(after, wanted);
  }
}

}  // namespace
}  // namespace scorefield
