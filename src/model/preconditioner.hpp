#pragma once
/// Diagonal preconditioners M, and the arithmetic of samplers in the space where M is diagonal.

#include <functional>
#include <optional>
#include <string>

#include "model/target.hpp"
#include "model/vector.hpp"

namespace scorefield::model {

/// M(k) of a target with a quadratic form, (y, kx, z) on this rank: 1 / (prior precision + mean data precision), so
/// that one step size suits all scales (score-methods item 9: M = (S^-1 + A^T N^-1 A)^-1 in Fourier space). Zero on
/// modes held at zero.
base::DiagonalView fourier_preconditioner(const grid::Domain& domain, Target& target);

/// A positive diagonal matrix M in real or Fourier space: the covariance that steps are scaled by. Momenta are
/// whitened, u ~ N(0, 1) in every free direction, so that x moves by M^(1/2) u and forces act by M^(1/2) g. Directions
/// that the target holds at zero have M = 0: nothing moves there and no noise is drawn.
///
/// All values are pointers to doubles as Vector, DualField::values and DualSum::values hand them out for space().
/// Nothing but dot and proposal_ratio is collective.
class Preconditioner {
 public:
  /// By the deck's word: "fourier", "fourier_wide", "prior", "none"; nothing given: fourier where the target has a
  /// quadratic form, prior where its prior has one, else none.
  static Preconditioner of(const grid::Domain& domain, Target& target, const std::optional<std::string>& kind);
  /// M(k) = that of a field with this power spectrum P(k), in the unit of Spectrum; 1 where P is 0 and the target does
  /// not hold the mode at zero.
  static Preconditioner of_power(const grid::Domain& domain, Target& target,
                                 const std::function<double(double)>& power);
  /// M = 1, in this space: what is to be learned yet. Throws DeckError where the target holds modes at zero, which real
  /// space does not know.
  static Preconditioner unit(const grid::Domain& domain, Target& target, Space space);

  [[nodiscard]] Space space() const { return space_; }
  /// M^(1/2) of each element of one component on this rank; none for M = 1.
  [[nodiscard]] const base::LineView& root() const { return root_; }
  void set_root(const base::LineView& root) { root_ = root; }
  [[nodiscard]] Vector make_vector(const std::string& label) const { return {*domain_, label, components_, space_}; }

  /// u = white noise on the free directions.
  void white(const noise::Stream& stream, double* u) const;
  /// u = keep u + scale z with white noise z.
  void refresh(double keep, double scale, const noise::Stream& stream, double* u) const;
  /// y += a v.
  void add(double a, const double* v, double* y) const;
  /// y += a M^(1/2) v.
  void add_root(double a, const double* v, double* y) const;
  /// y = x - h M g + sqrt(2 h) M^(1/2) z, the Langevin proposal.
  void langevin(double h, const double* x, const double* g, const noise::Stream& stream, double* y) const;
  /// u *= a.
  void scale(double a, double* u) const;
  /// a . M^(roots / 2) b as real fields, for 0 to 2 roots.
  [[nodiscard]] reduce::ExactSum dot(const double* a, const double* b, int roots = 0) const;
  /// log q(y -> x) - log q(x -> y) of the Langevin proposal, given the gradients at x and y.
  [[nodiscard]] reduce::ExactSum proposal_ratio(double h, const double* x, const double* y, const double* gx,
                                                const double* gy) const;

 private:
  Preconditioner(const grid::Domain& domain, int components, Space space, base::LineView root)
      : domain_(&domain), components_(components), space_(space), root_(std::move(root)) {}

  [[nodiscard]] grid::Box box() const { return space_ == Space::real ? domain_->real_box() : domain_->spectral_box(); }
  /// Elements (cells or modes) in a row, and rows of one component.
  [[nodiscard]] std::int64_t row_length() const { return domain_->lattice().n()[space_ == Space::real ? 2 : 0]; }
  [[nodiscard]] std::int64_t rows_of_component() const;
  /// Doubles on this rank.
  [[nodiscard]] std::int64_t size() const;
  /// Calls action(row, roots, z) for every row of white noise z, of unit variance in real space; no roots for M = 1.
  template <class Action>
  void for_white_rows(const noise::Stream& stream, const Action& action) const;
  /// Sum of row_value<doubles per element>(first double, elements, roots) over rows, joined over ranks.
  template <class RowValue>
  [[nodiscard]] reduce::ExactSum sum_rows(const char* label, const RowValue& row_value) const;

  const grid::Domain* domain_;
  int components_;
  Space space_;
  base::LineView root_;
};

}  // namespace scorefield::model
