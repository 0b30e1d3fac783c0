#pragma once
/// Targets of symbols of one's own from two formulas: the energy of a cell, and its change when the cell changes.

#include <algorithm>
#include <array>
#include <cassert>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>

#include "base/errors.hpp"
#include "model/components.hpp"
#include "model/symbol_target.hpp"
#include "reduce/rows.hpp"

namespace scorefield::model {

/// A cell of a lattice of symbols, 0 to q - 1, and the cells around it. Axes are the user's, slow to fast: 0 is y and 1
/// is x in 2-D.
class SymbolCell {
 public:
  /// What stands beyond the ends of open axes.
  static constexpr int none = grid::SymbolField::none;

  /// How to get about: strides in bytes, and global positions, along each axis.
  struct Place {
    std::array<std::int64_t, 3> strides{0, 0, 0}, position{0, 0, 0};
    int dimensions = 1;
    std::int64_t reach = 1;
  };
  SymbolCell(const std::uint8_t* at, const Place& place) : at_(at), place_(&place) {}

  [[nodiscard]] int operator()() const { return *at_; }
  [[nodiscard]] int dimensions() const { return place_->dimensions; }
  /// Where the cell is along an axis, from 0.
  [[nodiscard]] std::int64_t position(int axis) const { return place_->position[static_cast<std::size_t>(axis)]; }
  /// The symbol so many steps further along an axis, at most the target's reach; `none` beyond an open end.
  [[nodiscard]] int next(int axis, std::int64_t steps = 1) const {
    assert(std::abs(steps) <= place_->reach && "a cell beyond the reach of the target");
    return at_[steps * place_->strides[static_cast<std::size_t>(axis)]];
  }
  [[nodiscard]] int before(int axis, std::int64_t steps = 1) const { return next(axis, -steps); }
  /// The symbol at a distance along each axis: x.near({1, -1}) in 2-D.
  [[nodiscard]] int near(std::initializer_list<std::int64_t> steps) const {
    assert(steps.size() == static_cast<std::size_t>(place_->dimensions));
    const std::uint8_t* there = at_;
    std::size_t axis = 0;
    for (const std::int64_t along : steps) {
      assert(std::abs(along) <= place_->reach && "a cell beyond the reach of the target");
      there += along * place_->strides[axis++];
    }
    return *there;
  }

 private:
  const std::uint8_t* at_;
  const Place* place_;
};

/// E(x) = sum over cells of energy(cell); energy_change(cell, now) = E with the symbol `now` in that cell - E as it is,
/// with the terms of its neighbours in which it occurs. Both are pure functions of the cell, its position and the cells
/// at most `T::reach` (1 where it says nothing, up to 8) away along each axis. `symbols` is q, a static or a member.
///
/// What T may say besides: `is_axis_only`, true where all cells of any one term lie on a line along an axis, which
/// makes for fewer colours; `is_open`, true where axes end instead of closing on themselves; `value(symbol)`, the
/// number that a symbol stands for in observables and means. T is its own options: a value that a deck fills by
/// `T::schema()`, or, without one, is known as `T::name`.
template <class T>
concept SymbolCellEnergy = std::copyable<T> && std::default_initializable<T> &&
    requires(const T& target, const SymbolCell& cell, int symbol) {
  { target.symbols } -> std::convertible_to<int>;
  { target.energy(cell) } -> std::convertible_to<double>;
  { target.energy_change(cell, symbol) } -> std::convertible_to<double>;
};

/// The target of a SymbolCellEnergy: the same bits on any number of ranks, all samplers of symbols that need no
/// clusters, 1-D to 3-D. Chains start from independent, uniform symbols.
template <SymbolCellEnergy T>
class SymbolCells final : public SymbolTarget {
 public:
  using Options = T;
  static deck::Schema<T> schema() {
    if constexpr (requires { T::schema(); }) {
      return T::schema();
    } else {
      return deck::Schema<T>(T::name, "A sum over cells of a local energy of symbols, given by this program.")
          .reference("this program")
          .example(T::name);
    }
  }

  /// DeckError where there are fewer than 2 symbols or more than 254, or an axis has one cell, its own neighbour.
  SymbolCells(const T& target, const BuildContext& context)
      : SymbolTarget(context.domain), target_(target), symbols_(static_cast<int>(target.symbols)) {
    if (symbols_ < 2 || symbols_ > 254) {
      throw base::DeckError("a target has 2 to 254 symbols, not " + std::to_string(symbols_));
    }
    for (const std::int64_t n : context.domain.lattice().shape()) {
      if (n > 1) continue;
      throw base::DeckError("along an axis of one cell that cell would be its own neighbour",
                            "leave that axis out of domain.shape");
    }
  }

  [[nodiscard]] int symbols() const override { return symbols_; }
  [[nodiscard]] int reach() const override { return width; }
  [[nodiscard]] bool is_axis_only() const override {
    if constexpr (requires { T::is_axis_only; }) {
      return T::is_axis_only;
    } else {
      return false;
    }
  }
  [[nodiscard]] std::array<bool, 3> is_open() const override {
    if constexpr (requires { T::is_open; }) {
      return {T::is_open, T::is_open, T::is_open};
    } else {
      return {false, false, false};
    }
  }
  void changes(const SymbolRow& row, const std::uint8_t* proposed, double* change) const override {
    SymbolCell::Place place = place_of(row);
    std::int64_t& x = place.position[fast_];
    for (std::int64_t i = 0; i < row.count; ++i) {
      x = row.cell(i);
      change[i] = target_.energy_change(SymbolCell(row.at + x, place), proposed[i]);
    }
  }
  [[nodiscard]] double energy(const SymbolRow& row) const override {
    SymbolCell::Place place = place_of(row);
    std::int64_t& x = place.position[fast_];
    return reduce::row_sum(row.count, [&](std::int64_t i) {
      x = row.cell(i);
      return static_cast<double>(target_.energy(SymbolCell(row.at + x, place)));
    });
  }

  [[nodiscard]] bool is_transformed() const override {
    return requires { target_.value(0); };
  }
  void physical(DualField& state, DualField& out) override {
    if constexpr (requires { target_.value(0); }) {
      const grid::Field& symbols = state.real();
      const grid::Field& values = out.set_real();
      std::transform(symbols.data(), symbols.data() + symbols.size(), values.data(),
                     [&](double symbol) { return target_.value(static_cast<int>(symbol)); });
    } else {
      SymbolTarget::physical(state, out);
    }
  }

 private:
  static constexpr int width = [] {
    if constexpr (requires { T::reach; }) {
      return T::reach;
    } else {
      return 1;
    }
  }();
  static_assert(width >= 1 && width <= grid::SymbolField::most_reach, "T::reach counts cells, 1 to 8");

  [[nodiscard]] SymbolCell::Place place_of(const SymbolRow& row) const {
    const grid::Lattice& lattice = domain().lattice();
    const grid::Index3& n = lattice.n();
    const grid::Index3 position{row.site / n[2] / n[1], row.site / n[2] % n[1], 0};
    SymbolCell::Place place;
    place.dimensions = lattice.dimensions();
    place.reach = width;
    for (std::size_t i = 0; i < lattice.axes().size(); ++i) {
      const auto axis = static_cast<std::size_t>(lattice.axes()[i]);
      place.strides[i] = row.strides[axis];
      place.position[i] = position[axis];
    }
    return place;
  }

  T target_;
  int symbols_;
  std::size_t fast_ = domain().lattice().axes().size() - 1;  // the user's axis along rows
};

}  // namespace scorefield::model
