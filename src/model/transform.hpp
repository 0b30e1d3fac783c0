#pragma once
/// Parameters that must be positive or stay within bounds, walked by a coordinate without bounds.

#include <variant>

namespace scorefield::model {

/// A smooth one-to-one map theta(u) from the whole line onto the values that a parameter may take. Samplers walk u; a
/// density p(theta) has the energy -log p(theta(u)) - log|dtheta/du| there (Stan reference manual, "Constraint
/// transforms"; Gelman et al. 2013, sec. 1.8).
class Transform {
 public:
  /// theta, and what the chain rule needs of it.
  struct Point {
    double value;      ///< theta(u)
    double slope;      ///< dtheta/du
    double log_slope;  ///< log|dtheta/du|, also where `slope` underflows
    double curvature;  ///< d/du log|dtheta/du|
  };

  /// theta = u.
  Transform() = default;
  /// theta = lower + exp(u).
  static Transform above(double lower);
  /// theta = upper - exp(u).
  static Transform below(double upper);
  /// theta = lower + (upper - lower) / (1 + exp(-u)). Throws std::logic_error unless lower < upper.
  static Transform interval(double lower, double upper);
  /// The one of these four that the bounds ask for; an infinite one is none. Throws std::logic_error unless lower <
  /// upper.
  static Transform between(double lower, double upper);

  [[nodiscard]] Point at(double u) const;
  /// u of a theta strictly within the bounds.
  [[nodiscard]] double coordinate(double value) const;

 private:
  struct Line {
    [[nodiscard]] Point at(double u) const;
    [[nodiscard]] double coordinate(double value) const;
  };
  struct HalfLine {
    double end, sign;  // theta = end + sign exp(u)
    [[nodiscard]] Point at(double u) const;
    [[nodiscard]] double coordinate(double value) const;
  };
  struct Interval {
    double lower, upper;
    [[nodiscard]] Point at(double u) const;
    [[nodiscard]] double coordinate(double value) const;
  };
  template <class Map>
  explicit Transform(Map map) : map_(map) {}

  std::variant<Line, HalfLine, Interval> map_;
};

}  // namespace scorefield::model
