#include "grid/lattice.hpp"

#include <algorithm>
#include <numbers>
#include <stdexcept>

namespace scorefield::grid {

namespace {

/// Factor from the user's length unit to the unit in which 1/k is measured.
double to_wavenumber_length(const std::string& unit) {
  if (unit == "arcmin") return std::numbers::pi / (180.0 * 60.0);
  if (unit == "degree") return std::numbers::pi / 180.0;
  return 1.0;
}

bool is_angle(const std::string& unit) { return unit == "arcmin" || unit == "degree" || unit == "radian"; }

}  // namespace

Box intersect(const Box& a, const Box& b) {
  Box common;
  for (int axis = 0; axis < 3; ++axis) {
    common.lo[axis] = std::max(a.lo[axis], b.lo[axis]);
    common.hi[axis] = std::max(common.lo[axis], std::min(a.hi[axis], b.hi[axis]));
  }
  return common;
}

Lattice::Lattice(const std::vector<std::int64_t>& shape, const std::vector<double>& spacing, std::string unit)
    : shape_(shape), spacing_(spacing), unit_(std::move(unit)) {
  if (shape.empty() || shape.size() > 3 || shape.size() != spacing.size()) {
    throw std::invalid_argument("a lattice has 1 to 3 axes, each with an extent and a spacing");
  }
  // (ny, nx) -> axes (0, 2); (nx) -> axis 2: the middle axis is the dummy one, see the class comment.
  axes_ = shape.size() == 3   ? std::vector<int>{0, 1, 2}
          : shape.size() == 2 ? std::vector<int>{0, 2}
                              : std::vector<int>{2};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] < 1 || !(spacing[i] > 0.0)) throw std::invalid_argument("extents and spacings must be positive");
    n_[axes_[i]] = shape[i];
    length_[axes_[i]] = static_cast<double>(shape[i]) * spacing[i] * to_wavenumber_length(unit_);
  }
}

double Lattice::wavenumber(int axis, std::int64_t i) const {
  return n_[axis] == 1 ? 0.0 : 2.0 * std::numbers::pi * static_cast<double>(mode(axis, i)) / length_[axis];
}

double Lattice::fundamental() const {
  double longest = 0.0;
  for (int axis = 0; axis < 3; ++axis) {
    if (n_[axis] > 1) longest = std::max(longest, length_[axis]);
  }
  return longest > 0.0 ? 2.0 * std::numbers::pi / longest : 1.0;
}

std::string Lattice::wavenumber_unit() const {
  if (is_angle(unit_) || unit_ == "1") return "1";
  return unit_ == "Mpc/h" ? "h/Mpc" : "1/" + unit_;
}

std::string Lattice::power_unit() const {
  if (unit_ == "1") return "1";
  const std::string base = is_angle(unit_) ? "radian" : unit_;
  return dimensions() == 1 ? base : "(" + base + ")^" + std::to_string(dimensions());
}

}  // namespace scorefield::grid
