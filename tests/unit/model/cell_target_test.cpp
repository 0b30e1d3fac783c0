/// Targets given by the energy of a cell and the score there: as good as those written by hand.

#include "model/cell_target.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "app/commands.hpp"
#include "physics/lattice/phi4.hpp"
#include "run/run_deck.hpp"
#include "support/fields.hpp"
#include "tasks/line_integral.hpp"

namespace scorefield::model {
namespace {

struct OwnPhi4 {
  double mass_squared = -1.0;
  double coupling = 0.25;
  static deck::Schema<OwnPhi4> schema() {
    return deck::Schema<OwnPhi4>("own_phi4", "phi^4 theory once more.")
        .option("mass_squared", &OwnPhi4::mass_squared, {.doc = "m2"})
        .option("coupling", &OwnPhi4::coupling, {.doc = "coupling", .min = 0.0});
  }
  [[nodiscard]] double energy(const Cell& x) const {
    double sum = 0.5 * mass_squared * x() * x() + coupling * x() * x() * x() * x();
    for (int axis = 0; axis < x.dimensions(); ++axis) sum += 0.5 * (x.next(axis) - x()) * (x.next(axis) - x());
    return sum;
  }
  [[nodiscard]] double score(const Cell& x) const {
    double sum = -mass_squared * x() - 4.0 * coupling * x() * x() * x();
    for (int axis = 0; axis < x.dimensions(); ++axis) sum += x.next(axis) - 2.0 * x() + x.before(axis);
    return sum;
  }
};

/// Reaches two cells and across corners: E = sum (x x_(+2 along the last axis) + x^2 x_(corner)), in 2-D.
struct Corners {
  static constexpr const char* name = "corners";
  static constexpr int reach = 2;
  [[nodiscard]] double energy(const Cell& x) const { return x() * x.next(1, 2) + x() * x() * x.near({1, -1}); }
  [[nodiscard]] double score(const Cell& x) const {
    const double corner = x.near({-1, 1});  // the cell whose corner this is
    return -(x.next(1, 2) + x.before(1, 2) + 2.0 * x() * x.near({1, -1}) + corner * corner);
  }
};

/// Half the score of its energy.
struct WrongScore {
  static constexpr const char* name = "wrong_score";
  [[nodiscard]] double energy(const Cell& x) const { return 0.5 * x() * x(); }
  [[nodiscard]] double score(const Cell& x) const { return -0.5 * x(); }
};

struct NoScore {
  [[nodiscard]] double energy(const Cell& x) const { return x(); }
};
static_assert(CellEnergy<OwnPhi4> && CellEnergy<Corners> && !CellEnergy<NoScore>);

const Components& components() {
  static const auto all = [] {
    auto made = std::make_unique<Components>();
    app::register_all(*made);
    made->add<CellTarget<OwnPhi4>>(made->targets);
    made->add<CellTarget<Corners>>(made->targets);
    return made;
  }();
  return *all;
}

template <class T>
CellTarget<T> make(const grid::Domain& domain, const T& options = {}) {
  return {options, BuildContext{.components = components(), .domain = domain}};
}

const std::vector<std::vector<std::int64_t>> shapes{{9}, {12, 10}, {6, 5, 4}, {1, 8}, {4, 1, 3}, {2, 2}};

TEST(CellTarget, IsTheTargetWrittenByHand) {
  for (const auto& shape : shapes) {
    const grid::Domain domain = test::make_domain(shape, base::Comm::world());
    SCOPED_TRACE(shape.size());
    CellTarget<OwnPhi4> own = make(domain, OwnPhi4{-0.5, 0.125});
    physics::Phi4Options options;
    options.mass_squared = -0.5;
    options.coupling = 0.125;
    physics::Phi4 phi4(options, {.components = components(), .domain = domain});
    DualField x(domain, "x");
    test::fill_by_site(x.set_real());
    DualSum a(domain, "a");
    DualSum b(domain, "b");
    const double energy = own.evaluate(x, &a).value();
    EXPECT_NEAR(energy, phi4.evaluate(x, &b).value(), 1e-13 * static_cast<double>(domain.lattice().sites()));
    EXPECT_TRUE(test::same_bits(energy, own.evaluate(x, nullptr).value()));
    for (std::int64_t i = 0; i < x.real().size(); ++i) EXPECT_NEAR(a.real().data()[i], b.real().data()[i], 1e-14);
    // Added, not assigned, to what is there.
    own.evaluate(x, &b);
    for (std::int64_t i = 0; i < x.real().size(); ++i) EXPECT_NEAR(b.real().data()[i], 2.0 * a.real().data()[i], 1e-13);
  }
}

/// The sum of all terms, by wrapped indices.
TEST(CellTarget, SeesDistantCellsAndCorners) {
  const std::int64_t ny = 6;
  const std::int64_t nx = 5;
  const grid::Domain domain = test::make_domain({ny, nx}, base::Comm::world());
  CellTarget<Corners> target = make<Corners>(domain);
  DualField x(domain, "x");
  test::fill_by_site(x.set_real());
  const auto value = [&](std::int64_t y, std::int64_t i) { return test::value_at(0, (y + ny) % ny, 0, (i + nx) % nx); };
  double expected = 0.0;
  for (std::int64_t y = 0; y < ny; ++y) {
    for (std::int64_t i = 0; i < nx; ++i) {
      expected += value(y, i) * value(y, i + 2) + value(y, i) * value(y, i) * value(y + 1, i - 1);
    }
  }
  EXPECT_NEAR(target.evaluate(x, nullptr).value(), expected, 1e-14);
}

TEST(CellTarget, SameBitsAsOnOneRank) {
  for (const auto& shape : shapes) {
    if (shape.size() != 2) continue;
    const grid::Domain together = test::make_domain(shape, base::Comm::world());
    const grid::Domain alone = test::make_domain(shape, base::Comm::self());
    CellTarget<Corners> a = make<Corners>(together);
    CellTarget<Corners> b = make<Corners>(alone);
    DualField x(together, "x");
    DualField y(alone, "y");
    test::fill_by_site(x.set_real());
    test::fill_by_site(y.set_real());
    DualSum gx(together, "gx");
    DualSum gy(alone, "gy");
    EXPECT_TRUE(test::same_bits(a.evaluate(x, &gx).value(), b.evaluate(y, &gy).value()));
    EXPECT_TRUE(test::same_bits(gx.real(), gy.real()));
  }
}

/// A box changes: its patch must tell by how much the whole energy does, and what the gradient is there.
template <class T>
void check_patch(const T& options, const std::vector<std::int64_t>& shape, const grid::Index3& at,
                 const grid::Index3& extent) {
  const grid::Domain domain = test::make_domain(shape, base::Comm::self());
  CellTarget<T> target = make(domain, options);
  const grid::Index3 n = domain.lattice().n();
  const auto is_inside = [&](std::int64_t axis, std::int64_t i) {
    return i >= at[axis] && i < at[axis] + extent[axis];
  };
  DualField before(domain, "before");
  DualField after(domain, "after");
  test::fill_by_site(before.set_real());
  test::fill_by_site(after.set_real());
  Patch patch{extent, {0, 0, 0}};
  for (std::size_t axis = 0; axis < 3; ++axis) patch.pad[axis] = n[axis] > 1 ? target.local_energy()->diameter() : 0;
  const auto& old = before.real().view();
  const auto& now = after.set_real().view();
  for (std::int64_t z = 0; z < n[0]; ++z) {
    for (std::int64_t y = 0; y < n[1]; ++y) {
      for (std::int64_t i = 0; i < n[2]; ++i) {
        now(0, z, y, i) = old(0, z, y, i);
        if (is_inside(0, z) && is_inside(1, y) && is_inside(2, i)) now(0, z, y, i) += test::value_at(3, z, y, i);
      }
    }
  }
  std::vector<double> a;
  std::vector<double> b;
  const auto wrap = [](std::int64_t i, std::int64_t size) { return ((i % size) + size) % size; };
  for (std::int64_t z = -patch.pad[0]; z < extent[0] + patch.pad[0]; ++z) {
    for (std::int64_t y = -patch.pad[1]; y < extent[1] + patch.pad[1]; ++y) {
      for (std::int64_t i = -patch.pad[2]; i < extent[2] + patch.pad[2]; ++i) {
        const auto place = [&](const auto& view) {
          return view(0, wrap(at[0] + z, n[0]), wrap(at[1] + y, n[1]), wrap(at[2] + i, n[2]));
        };
        a.push_back(place(old));
        b.push_back(place(now));
      }
    }
  }
  DualSum gradient(domain, "gradient");
  const reduce::ExactSum energy = target.evaluate(after, &gradient);
  const double change = (energy - target.evaluate(before, nullptr)).value();
  EXPECT_GT(std::abs(change), 1e-3);
  EXPECT_NEAR(target.local_energy()->energy_change(patch, a.data(), b.data()), change, 1e-13);
  std::vector<double> local(static_cast<std::size_t>(patch.cells()));
  target.local_energy()->gradient(patch, b.data(), local.data());
  std::size_t cell = 0;
  for (std::int64_t z = at[0]; z < at[0] + extent[0]; ++z) {
    for (std::int64_t y = at[1]; y < at[1] + extent[1]; ++y) {
      for (std::int64_t i = at[2]; i < at[2] + extent[2]; ++i) {
        EXPECT_DOUBLE_EQ(local[cell++], gradient.real().view()(0, z, y, i));
      }
    }
  }
}

TEST(CellTarget, KnowsWhatABlockChanges) {
  check_patch(Corners{}, {12, 14}, {3, 0, 4}, {4, 1, 5});
  check_patch(Corners{}, {12, 14}, {9, 0, 11}, {3, 1, 3});  // wraps around
  check_patch(OwnPhi4{}, {8, 9, 10}, {2, 3, 4}, {3, 2, 4});
  check_patch(OwnPhi4{}, {16}, {0, 0, 5}, {1, 1, 6});
  check_patch(OwnPhi4{}, {1, 16}, {0, 0, 5}, {1, 1, 6});
}

TEST(CellTarget, IsNamedInDecks) {
  const std::string rest = "\ndomain: {shape: [4, 4]}\nsampler: {type: block_mala}\n";
  const auto deck =
      run::resolve_deck("target: {type: own_phi4, mass_squared: 2}" + rest, "deck.yaml", {}, components().catalogue);
  EXPECT_EQ(deck.options.target.as<OwnPhi4>().mass_squared, 2.0);
  EXPECT_EQ(deck.options.target.as<OwnPhi4>().coupling, 0.25);
  EXPECT_EQ(run::resolve_deck("target: corners" + rest, "deck.yaml", {}, components().catalogue).options.target.type,
            "corners");
  EXPECT_THROW(
      run::resolve_deck("target: {type: own_phi4, coupling: -1}" + rest, "deck.yaml", {}, components().catalogue),
      base::DeckError);
  EXPECT_GT(components().footprint(deck.options.target).shared.real_fields, 1.0);
}

/// What the documentation recommends to those who write a score by hand.
TEST(CellTarget, AWrongScoreIsFoundByItsLineIntegral) {
  const grid::Domain domain = test::make_domain({8, 8}, base::Comm::world());
  const auto warnings = [&](Target& target) {
    tasks::LineIntegral task({}, {domain, target, 7});
    for (std::int64_t i = 0; i < task.steps(); ++i) task.step(i);
    return task.findings().warnings.size();
  };
  CellTarget<WrongScore> wrong = make<WrongScore>(domain);
  CellTarget<Corners> right = make<Corners>(domain);
  EXPECT_EQ(warnings(wrong), 1U);
  EXPECT_EQ(warnings(right), 0U);
}

}  // namespace
}  // namespace scorefield::model
