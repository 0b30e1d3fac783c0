#pragma once
/// Parameter vectors as states.

#include <string>
#include <vector>

#include "model/components.hpp"
#include "model/transform.hpp"

namespace scorefield::physics {

/// The cells of a 1-D lattice as parameters theta, each walked by a coordinate u of its own Transform. The cells of
/// such a lattice lie on one rank; all get to know their values.
class Parameters {
 public:
  using Points = std::vector<model::Transform::Point>;

  /// DeckError, saying that `type` has these parameters (`meaning`), where the domain has another number of cells.
  Parameters(const grid::Domain& domain, const std::string& type, const std::string& meaning,
             std::vector<model::Transform> transforms);

  [[nodiscard]] std::size_t size() const { return transforms_.size(); }
  /// True on the rank that has the cells.
  [[nodiscard]] bool is_owner() const;
  /// Collective. theta of the state x and its derivatives, on every rank.
  [[nodiscard]] Points read(model::DualField& x) const;
  /// -log|dtheta/du|, which makes an energy of theta one of u.
  [[nodiscard]] static double jacobian_energy(const Points& points);
  /// Collective. Adds the gradient by u of an energy, Jacobian included, whose derivatives by theta are `slopes`;
  /// those of the owner count. Nothing for a nullptr.
  void add_gradient(const Points& points, const std::vector<double>& slopes, model::DualSum* gradient) const;
  /// Sets every cell to value(i, white noise of unit variance): the start of a chain.
  template <class Value>
  void start(const noise::Stream& stream, model::DualField& x, const Value& value) const {
    const grid::Field& field = x.set_real();
    fill_white(stream, field);
    for (std::size_t i = 0; is_owner() && i < size(); ++i) field.data()[i] = value(i, field.data()[i]);
  }
  /// The coordinate of a typical value, 0 where the bounds of parameter i leave that out.
  [[nodiscard]] double coordinate(std::size_t i, double typical) const;
  /// Collective. out = values.
  void write(const std::vector<double>& values, model::DualField& out) const;
  /// Collective. out = theta of the state x: what Target::physical asks for.
  void physical(model::DualField& x, model::DualField& out) const;
  /// Collective. out += (dtheta/du) g: what Target::add_pullback asks for.
  void add_pullback(model::DualField& x, model::DualSum& gradient, model::DualSum& out) const;
  /// The same for slopes by theta, of which those of the owner count.
  void add_pullback(const Points& points, const std::vector<double>& slopes, model::DualSum& out) const;
  /// Collective. Values by parameter where this rank is the owner, zeros elsewhere.
  [[nodiscard]] std::vector<double> owned(model::DualSum& values) const;

 private:
  void fill_white(const noise::Stream& stream, const grid::Field& field) const;

  const grid::Domain* domain_;
  std::vector<model::Transform> transforms_;
};

}  // namespace scorefield::physics
