#include "physics/regression/parameters.hpp"

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"
#include "noise/normals.hpp"

namespace scorefield::physics {

Parameters::Parameters(const grid::Domain& domain, const std::string& type, const std::string& meaning,
                       std::vector<model::Transform> transforms)
    : domain_(&domain), transforms_(std::move(transforms)) {
  const auto wanted = static_cast<std::int64_t>(transforms_.size());
  if (domain_->lattice().shape() != std::vector<std::int64_t>{wanted}) {
    throw base::DeckError(type + " has " + std::to_string(wanted) + " parameters here: " + meaning,
                          "set domain.shape to [" + std::to_string(wanted) + "]");
  }
}

bool Parameters::is_owner() const { return !domain_->real_box().empty(); }

Parameters::Points Parameters::read(model::DualField& x) const {
  const grid::Field& field = x.real();
  std::vector<double> coordinates(size(), 0.0);
  if (is_owner()) std::copy_n(field.data(), size(), coordinates.begin());
  domain_->comm().broadcast(coordinates.data(), static_cast<std::int64_t>(size()),
                            domain_->partition().real_owner(0, 0));
  Points points;
  for (std::size_t i = 0; i < size(); ++i) points.push_back(transforms_[i].at(coordinates[i]));
  return points;
}

double Parameters::jacobian_energy(const Points& points) {
  double energy = 0.0;
  for (const auto& point : points) energy -= point.log_slope;
  return energy;
}

void Parameters::add_gradient(const Points& points, const std::vector<double>& slopes, model::DualSum* gradient) const {
  if (gradient == nullptr) return;
  const auto part = gradient->real_part();
  for (std::size_t i = 0; is_owner() && i < size(); ++i) {
    const double slope = slopes[i] * points[i].slope - points[i].curvature;
    part.field.data()[i] = part.fresh ? slope : part.field.data()[i] + slope;
  }
}

double Parameters::coordinate(std::size_t i, double typical) const {
  const double u = transforms_[i].coordinate(typical);
  return std::isfinite(u) ? u : 0.0;
}

void Parameters::write(const std::vector<double>& values, model::DualField& out) const {
  const grid::Field& field = out.set_real();
  if (is_owner()) std::copy_n(values.begin(), size(), field.data());
}

void Parameters::physical(model::DualField& x, model::DualField& out) const {
  std::vector<double> values;
  for (const auto& point : read(x)) values.push_back(point.value);
  write(values, out);
}

std::vector<double> Parameters::owned(model::DualSum& values) const {
  const double* cells = values.real().data();
  std::vector<double> all(size(), 0.0);
  if (is_owner()) std::copy_n(cells, size(), all.begin());
  return all;
}

void Parameters::add_pullback(model::DualField& x, model::DualSum& gradient, model::DualSum& out) const {
  add_pullback(read(x), owned(gradient), out);
}

void Parameters::add_pullback(const Points& points, const std::vector<double>& slopes, model::DualSum& out) const {
  const auto part = out.real_part();
  for (std::size_t i = 0; is_owner() && i < size(); ++i) {
    const double slope = slopes[i] * points[i].slope;
    part.field.data()[i] = part.fresh ? slope : part.field.data()[i] + slope;
  }
}

void Parameters::fill_white(const noise::Stream& stream, const grid::Field& field) const {
  noise::fill_white(*domain_, stream, field);
}

}  // namespace scorefield::physics
