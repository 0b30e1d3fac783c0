#include "model/transform.hpp"

#include <cmath>
#include <stdexcept>

namespace scorefield::model {

Transform::Point Transform::Line::at(double u) const { return {u, 1.0, 0.0, 0.0}; }
double Transform::Line::coordinate(double value) const { return value; }

Transform::Point Transform::HalfLine::at(double u) const {
  const double distance = std::exp(u);
  return {end + sign * distance, sign * distance, u, 1.0};
}
double Transform::HalfLine::coordinate(double value) const { return std::log(sign * (value - end)); }

Transform::Point Transform::Interval::at(double u) const {
  // From the nearer end, which loses no digits there and cannot overflow.
  const double small = std::exp(-std::abs(u));
  const double width = upper - lower;
  const double distance = width * small / (1.0 + small);
  const double curvature = (1.0 - small) / (1.0 + small);
  return {u < 0.0 ? lower + distance : upper - distance, distance / (1.0 + small),
          std::log(width) - std::abs(u) - 2.0 * std::log1p(small), u < 0.0 ? curvature : -curvature};
}
double Transform::Interval::coordinate(double value) const { return std::log((value - lower) / (upper - value)); }

Transform Transform::above(double lower) { return Transform(HalfLine{lower, 1.0}); }
Transform Transform::below(double upper) { return Transform(HalfLine{upper, -1.0}); }
Transform Transform::interval(double lower, double upper) {
  if (!(lower < upper)) throw std::logic_error("an interval needs a lower bound below the upper one");
  return Transform(Interval{lower, upper});
}
Transform Transform::between(double lower, double upper) {
  if (!(lower < upper)) throw std::logic_error("bounds of a parameter need the lower one below the upper one");
  if (std::isfinite(lower)) return std::isfinite(upper) ? interval(lower, upper) : above(lower);
  return std::isfinite(upper) ? below(upper) : Transform();
}

Transform::Point Transform::at(double u) const {
  return std::visit([u](const auto& map) { return map.at(u); }, map_);
}
double Transform::coordinate(double value) const {
  return std::visit([value](const auto& map) { return map.coordinate(value); }, map_);
}

}  // namespace scorefield::model
