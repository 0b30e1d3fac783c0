#pragma once

#include <vector>

#include "model/dual_field.hpp"

namespace scorefield::model {

/// Linear map A from one field to another, one link of the chain between state and data.
class Operator {
 public:
  virtual ~Operator() = default;
  Operator() = default;
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;

  /// Components of A x for an x of `in` components; throws std::invalid_argument where A cannot act on such fields.
  [[nodiscard]] virtual int components(int in) const = 0;
  /// Collective. out = A x. `out` has components(x.components()) of them.
  virtual void apply(DualField& x, DualField& out) = 0;
  /// Collective. out += A^T y, the adjoint under the plain sum over cells and components.
  virtual void add_adjoint(DualField& y, DualSum& out) = 0;
  /// Mean of |A(k)|^2 over the field: from the gains |.|^2 of each input component to those of each output component,
  /// for each mode (y, kx, z). Exact for convolutions; preconditioners live on it.
  [[nodiscard]] virtual std::vector<base::DiagonalView> gains(const std::vector<base::DiagonalView>& in) const = 0;
  /// Where A, as the last link, merely blanks cells, it may set the weight (inverse variance) of those cells to zero
  /// instead; returns true if that replaces A altogether.
  virtual bool absorb_into_weights(const grid::Field& /*weights*/) const { return false; }
};

}  // namespace scorefield::model
