#pragma once
/// What tests of tasks share: a score that is no gradient, and findings by name.

#include <algorithm>
#include <stdexcept>

#include "model/task.hpp"
#include "noise/normals.hpp"
#include "reduce/rows.hpp"
#include "support/builder.hpp"
#include "support/fields.hpp"

namespace scorefield::test {

/// K x of the antisymmetric (K x)_i = x_(i + 1) - x_(i - 1) along rows, which are never split.
inline void add_skew(double c, const grid::Field& x, const grid::Field& out) {
  const std::int64_t n = x.row_length();
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    const double* from = x.data() + row * n;
    double* to = out.data() + row * n;
    for (std::int64_t i = 0; i < n; ++i) to[i] += c * (from[(i + 1) % n] - from[(i + n - 1) % n]);
  }
}

/// E = |x|^2 / 2 with the "gradient" x + c K x: a gradient for c = 0 alone.
class SkewTarget final : public model::Target {
 public:
  SkewTarget(const grid::Domain& domain, double c) : domain_(&domain), c_(c) {}
  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override {
    const grid::Field& field = x.real();
    if (gradient != nullptr) {
      const auto part = gradient->real_part();
      if (!part.fresh) throw std::logic_error("a test adds one term alone");
      part.field.copy_from(field);
      add_skew(c_, field, part.field);
    }
    const grid::Field half(*domain_, "half");
    for (std::int64_t i = 0; i < field.size(); ++i) half.data()[i] = 0.5 * field.data()[i];
    return reduce::dot(*domain_, field, half);
  }
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(domain_->lattice().sites()); }
  void draw_prior(const noise::Stream& stream, model::DualField& x) override {
    noise::fill_white(*domain_, stream, x.set_real());
  }

 private:
  const grid::Domain* domain_;
  double c_;
};

inline model::Findings carry_out(model::Task& task) {
  for (std::int64_t i = 0; i < task.steps(); ++i) task.step(i);
  return task.findings();
}

template <class Number = double>
std::vector<Number> numbers(const model::Findings& found, const std::string& path) {
  const auto at =
      std::find_if(found.numbers.begin(), found.numbers.end(), [&](const auto& f) { return f.path == path; });
  if (at == found.numbers.end()) throw std::logic_error("nothing was found under " + path);
  return std::get<std::vector<Number>>(at->values);
}

}  // namespace scorefield::test
