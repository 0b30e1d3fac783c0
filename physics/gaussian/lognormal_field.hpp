#pragma once
/// Lognormal random fields.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/components.hpp"
#include "physics/gaussian/gaussian_denoiser.hpp"
#include "physics/gaussian/stationary_gaussian.hpp"

namespace scorefield::physics {

struct LognormalFieldOptions {
  deck::Component spectrum;
  double shift = 1.0;
  std::string unit = "1";
  std::string coordinates = "gaussian";
};

/// A field delta = a (exp(g - s^2/2) - 1) > -a of zero mean whose power spectrum is the one given, with a = shift, 1
/// for a density contrast: the Gaussian field g has the correlation xi_G = ln(1 + xi / a^2) with xi(x) = (1/V) sum_k
/// P(k) e^(ikx), and s^2 = xi_G(0) (Coles & Jones 1991). It is not exp(b delta) of a Gaussian field of spectrum P,
/// whose own spectrum would be another.
///
/// Modes that P asks for but where the power of g would be negative are held at zero in g; remarks() says how many and
/// what that does to the variance. Where P(0) = 0 the mean of g is held at zero; that of delta then varies a little, as
/// remarks() says, and the modes with k > 0 have the spectrum given.
///
/// Coordinates `gaussian`: the state is g, with the energy of a Gaussian field; users see delta. Coordinates `density`:
/// the state is delta, E = 1/2 g^T C^-1 g + sum ln(a + delta) + const, infinite where delta <= -a anywhere; all modes
/// of g must be free.
class LognormalField final : public model::Target {
 public:
  using Options = LognormalFieldOptions;
  static deck::Schema<Options> schema();
  /// Throws DeckError where no lognormal field has this spectrum, or its density none by these coordinates.
  LognormalField(const Options& options, const model::BuildContext& context);
  static model::ChainFootprint footprint(const Options& options, const model::Components& components);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return mapped_.gaussian.degrees_of_freedom(); }
  [[nodiscard]] std::string unit() const override { return unit_; }
  [[nodiscard]] model::LinearGaussian* linear_gaussian() override { return density_ ? nullptr : &mapped_.gaussian; }
  /// Of the Gaussian field g; the density itself has no score in closed form at any noise level.
  [[nodiscard]] model::Denoiser* denoiser() override { return denoiser_ ? &*denoiser_ : nullptr; }
  [[nodiscard]] std::function<double(double)> prior_power() const override { return power_; }
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;
  [[nodiscard]] std::vector<std::string> remarks() const override { return mapped_.remarks; }
  [[nodiscard]] bool is_transformed() const override { return !density_; }
  void physical(model::DualField& state, model::DualField& out) override;
  void add_pullback(model::DualField& state, model::DualField& field, model::DualSum& gradient,
                    model::DualSum& out) override;

 private:
  /// Collective. out = delta of the Gaussian field in `state`.
  void write_density(model::DualField& state, model::DualField& out);
  /// The Gaussian field g.
  struct Mapped {
    StationaryGaussian gaussian;
    double variance;
    std::vector<std::string> remarks;
  };
  static Mapped map(const grid::Domain& domain, const std::function<double(double)>& power, double shift);
  /// g and its slope, where the state is delta.
  struct Density {
    model::DualField g;
    model::DualSum slope;
  };

  const grid::Domain* domain_;
  double shift_;
  std::string unit_;
  std::function<double(double)> power_;
  Mapped mapped_;
  std::optional<Density> density_;
  std::optional<GaussianDenoiser> denoiser_;
};

}  // namespace scorefield::physics
