#pragma once
/// Targets of one's own from two formulas: the energy of a cell, and the score there.

#include <algorithm>
#include <array>
#include <cassert>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>

#include "grid/halo.hpp"
#include "model/components.hpp"
#include "noise/normals.hpp"
#include "reduce/rows.hpp"

namespace scorefield::model {

/// A cell of a field of one component and the cells around it, on a periodic lattice, wherever they are stored.
/// Axes are the user's, slow to fast: 0 is y and 1 is x in 2-D.
class Cell {
 public:
  /// Neighbours along an axis lie `stride` doubles away, up to `reach` of them.
  Cell(const double* at, const std::array<std::int64_t, 3>& strides, int dimensions, std::int64_t reach)
      : at_(at), strides_(strides), dimensions_(dimensions), reach_(reach) {}

  [[nodiscard]] double operator()() const { return *at_; }
  [[nodiscard]] int dimensions() const { return dimensions_; }
  /// The cell so many steps further along an axis, at most the target's reach.
  [[nodiscard]] double next(int axis, std::int64_t steps = 1) const {
    assert(std::abs(steps) <= reach_ && "a cell beyond the reach of the target");
    return at_[steps * strides_[static_cast<std::size_t>(axis)]];
  }
  [[nodiscard]] double before(int axis, std::int64_t steps = 1) const { return next(axis, -steps); }
  /// The cell at a distance along each axis: x.near({1, -1}) in 2-D.
  [[nodiscard]] double near(std::initializer_list<std::int64_t> steps) const {
    assert(steps.size() == static_cast<std::size_t>(dimensions_));
    const double* there = at_;
    std::size_t axis = 0;
    for (const std::int64_t along : steps) {
      assert(std::abs(along) <= reach_ && "a cell beyond the reach of the target");
      there += along * strides_[axis++];
    }
    return *there;
  }

 private:
  const double* at_;
  std::array<std::int64_t, 3> strides_;
  int dimensions_;
  std::int64_t reach_;
};

/// E(x) = sum over cells of energy(cell); score(cell) = -dE/dx of that cell, with the terms of its neighbours in which
/// it occurs. Both are pure functions of the cell and those at most `T::reach` (1 where it says nothing) away along
/// each axis. T is its own options: a value that a deck fills by `T::schema()`, or, without one, is known as `T::name`.
template <class T>
concept CellEnergy = std::copyable<T> && std::default_initializable<T> && requires(const T& target, const Cell& cell) {
  { target.energy(cell) } -> std::convertible_to<double>;
  { target.score(cell) } -> std::convertible_to<double>;
};

/// The target of a CellEnergy: the same bits on any number of ranks, any sampler (block_mala among them), 1-D to 3-D.
/// Chains start hot: independent cells of unit variance.
template <CellEnergy T>
class CellTarget final : public Target, public LocalEnergy {
 public:
  using Options = T;
  static deck::Schema<T> schema() {
    if constexpr (requires { T::schema(); }) {
      return T::schema();
    } else {
      return deck::Schema<T>(T::name, "A sum over cells of a local energy, given by this program.")
          .reference("this program")
          .example(T::name);
    }
  }
  /// The field with its halo.
  static Footprint footprint(const T& /*options*/, const Components& /*components*/) { return {.real_fields = 1.1}; }

  CellTarget(const T& target, const BuildContext& context)
      : domain_(&context.domain),
        target_(target),
        padded_(*domain_, "with neighbours", 1, width),
        halo_(*domain_, 1, width) {}

  reduce::ExactSum evaluate(DualField& x, DualSum* gradient) override {
    const grid::Field& field = x.real();
    const std::int64_t n = field.row_length();
    const std::int64_t ny = std::max<std::int64_t>(1, field.box().extent(1));
    const std::int64_t stride_y = n + 2 * padded_.halo(2);
    const std::int64_t stride_z = (field.box().extent(1) + 2 * padded_.halo(1)) * stride_y;
    double* first = padded_.data() + padded_.halo(0) * stride_z + padded_.halo(1) * stride_y + padded_.halo(2);
    for (std::int64_t row = 0; row < field.rows(); ++row) {
      std::copy_n(field.data() + row * n, n, first + row / ny * stride_z + row % ny * stride_y);
    }
    halo_.exchange(padded_);
    const Around around = this->around({stride_z, stride_y, 1});
    double* g = nullptr;
    bool is_fresh = true;
    if (gradient != nullptr) {
      const auto part = gradient->real_part();
      g = part.field.data();
      is_fresh = part.fresh;
    }
    reduce::ExactSum energy = reduce::sum_of_rows("cell target", field.rows(), [&](std::int64_t row) {
      const double* at = first + row / ny * stride_z + row % ny * stride_y;
      for (std::int64_t i = 0; g != nullptr && i < n; ++i) {
        double& out = g[row * n + i];
        out = (is_fresh ? 0.0 : out) - target_.score(around.cell(at + i));
      }
      return reduce::row_sum(n, [&](std::int64_t i) { return target_.energy(around.cell(at + i)); });
    });
    energy.all_reduce(domain_->comm());
    return energy;
  }
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(domain_->lattice().sites()); }
  void draw_prior(const noise::Stream& stream, DualField& x) override {
    noise::fill_white(*domain_, stream, x.set_real());
  }

  [[nodiscard]] const LocalEnergy* local_energy() const override { return this; }
  /// Cells on both sides of the middle one may be in a term.
  [[nodiscard]] std::int64_t diameter() const override { return 2 * width; }
  [[nodiscard]] bool is_axis_only() const override { return false; }
  [[nodiscard]] double energy_change(const Patch& patch, const double* x, const double* y) const override {
    const Around around = this->around(strides_of(patch));
    // Terms of the cells around the box reach into it.
    const auto edge = [&](int axis) { return patch.pad[static_cast<std::size_t>(axis)] > 0 ? width : 0; };
    double change = 0.0;
    for (std::int64_t z = -edge(0); z < patch.extent[0] + edge(0); ++z) {
      for (std::int64_t row = -edge(1); row < patch.extent[1] + edge(1); ++row) {
        const double* old = patch.row(x, z, row);
        const double* now = patch.row(y, z, row);
        for (std::int64_t i = -edge(2); i < patch.extent[2] + edge(2); ++i) {
          change += target_.energy(around.cell(now + i)) - target_.energy(around.cell(old + i));
        }
      }
    }
    return change;
  }
  void gradient(const Patch& patch, const double* x, double* out) const override {
    const Around around = this->around(strides_of(patch));
    for (std::int64_t z = 0; z < patch.extent[0]; ++z) {
      for (std::int64_t y = 0; y < patch.extent[1]; ++y) {
        for (std::int64_t i = 0; i < patch.extent[2]; ++i) *out++ = -target_.score(around.cell(patch.row(x, z, y) + i));
      }
    }
  }

 private:
  static constexpr int reach() {
    if constexpr (requires { T::reach; }) {
      return T::reach;
    } else {
      return 1;
    }
  }
  static constexpr int width = reach();
  static_assert(width >= 1, "T::reach counts cells, at least 1");

  /// Makes cells of pointers into an array.
  struct Around {
    std::array<std::int64_t, 3> strides;
    int dimensions;
    [[nodiscard]] Cell cell(const double* at) const { return {at, strides, dimensions, width}; }
  };
  /// For an array with these strides of (z, y, x). Along an axis of one cell that cell is its own neighbour.
  [[nodiscard]] Around around(const grid::Index3& strides) const {
    const grid::Lattice& lattice = domain_->lattice();
    Around result{{0, 0, 0}, lattice.dimensions()};
    for (std::size_t i = 0; i < lattice.axes().size(); ++i) {
      const auto axis = static_cast<std::size_t>(lattice.axes()[i]);
      if (lattice.n()[axis] > 1) result.strides[i] = strides[axis];
    }
    return result;
  }
  static grid::Index3 strides_of(const Patch& patch) {
    return {(patch.extent[1] + 2 * patch.pad[1]) * patch.row_length(), patch.row_length(), 1};
  }

  const grid::Domain* domain_;
  T target_;
  grid::Field padded_;
  grid::Halo halo_;
};

}  // namespace scorefield::model
