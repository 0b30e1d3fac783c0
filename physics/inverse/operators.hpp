#pragma once
/// Linear operators between a field and its data.

#include "model/components.hpp"

namespace scorefield::physics {

struct IdentityOptions {};

/// A x = x.
class Identity final : public model::Operator {
 public:
  using Options = IdentityOptions;
  static deck::Schema<Options> schema();
  Identity(const Options& options, const model::BuildContext& context);

  [[nodiscard]] int components(int in) const override { return in; }
  void apply(model::DualField& x, model::DualField& out) override;
  void add_adjoint(model::DualField& y, model::DualSum& out) override;
  [[nodiscard]] std::vector<base::DiagonalView> gains(const std::vector<base::DiagonalView>& in) const override {
    return in;
  }
  bool absorb_into_weights(const grid::Field& /*weights*/) const override { return true; }
};

/// Sets cells to 1, and to 0 in a border of this fraction of each axis, half of it on either side.
void fill_inside(const grid::Domain& domain, double border, const grid::Field& mask);

struct MaskOptions {
  deck::FilePath file;
  std::string dataset = "mask";
  std::optional<double> border;
};

/// A x = m x with a mask m >= 0 of one component, the same for all components of x.
class Mask final : public model::Operator {
 public:
  using Options = MaskOptions;
  static deck::Schema<Options> schema();
  Mask(const Options& options, const model::BuildContext& context);

  [[nodiscard]] int components(int in) const override { return in; }
  void apply(model::DualField& x, model::DualField& out) override;
  void add_adjoint(model::DualField& y, model::DualSum& out) override;
  [[nodiscard]] std::vector<base::DiagonalView> gains(const std::vector<base::DiagonalView>& in) const override;
  /// A mask of zeros and ones only: cells without data have no weight.
  bool absorb_into_weights(const grid::Field& weights) const override;

 private:
  const grid::Domain* domain_;
  grid::Field mask_;
  double mean_square_ = 1.0;
  bool is_binary_ = true;
};

struct LensingShearOptions {};

/// Weak-lensing shear of a convergence map on a flat sky (Kaiser & Squires 1993):
/// gamma1^ = (lx^2 - ly^2) / l^2 kappa^, gamma2^ = 2 lx ly / l^2 kappa^; x is the second (fast) axis. The mean of kappa
/// leaves no shear. gamma2 is zero on Nyquist lines, where the sign of l is ambiguous.
class LensingShear final : public model::Operator {
 public:
  using Options = LensingShearOptions;
  static deck::Schema<Options> schema();
  /// Throws base::DeckError unless the lattice is 2-D.
  LensingShear(const Options& options, const model::BuildContext& context);
  /// Two components of data, and as many factors.
  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return {.spectral_fields = 2.0, .diagonal_fields = 2.0};
  }

  [[nodiscard]] int components(int in) const override;
  void apply(model::DualField& x, model::DualField& out) override;
  void add_adjoint(model::DualField& y, model::DualSum& out) override;
  [[nodiscard]] std::vector<base::DiagonalView> gains(const std::vector<base::DiagonalView>& in) const override;

 private:
  const grid::Domain* domain_;
  base::DiagonalView factor1_, factor2_;
};

}  // namespace scorefield::physics
