#pragma once
/// What is sampled: energies, their gradients, and what more a target may offer.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/data.hpp"
#include "model/cluster_bonds.hpp"
#include "model/denoiser.hpp"
#include "model/dual_field.hpp"
#include "model/hidden_units.hpp"
#include "model/local_energy.hpp"
#include "model/picture.hpp"
#include "noise/stream.hpp"
#include "reduce/exact_sum.hpp"

namespace scorefield::model {

/// A field that a component wants beside the samples in the output (truth of a mock, mask of the data).
struct NamedField {
  std::string path;  ///< data set in samples.h5, for example "/truth/x"
  grid::Field field;
  std::string unit;
  io::Type type = io::Type::float64;  ///< in the file, for values that it can hold
};

/// Capability: an energy that is a quadratic form, E(x) = 1/2 x^T Q x - b^T x + const.
///
/// Terms of a posterior add: Q = sum of Q_i, b = sum of b_i. The prior has Q = C^-1 and b = 0; a likelihood of data
/// d = A x + noise of covariance N has Q = A^T N^-1 A and b = A^T N^-1 d.
class LinearGaussian {
 public:
  virtual ~LinearGaussian() = default;
  /// Collective. out += Q x.
  virtual void add_precision(DualField& x, DualSum& out) = 0;
  /// Collective. out += b.
  virtual void add_information(DualSum& out) = 0;
  /// Collective. out += a Gaussian draw of covariance Q, keyed by (seed, chain, step); purposes are the term's own.
  virtual void add_perturbation(const noise::Stream& stream, DualSum& out) = 0;
  /// Adds the Fourier-diagonal part of Q, for each mode (y, kx, z), as an approximation that preconditioners use: exact
  /// for a stationary prior. Infinite on modes that the prior holds at zero.
  virtual void add_mean_precision(const base::DiagonalView& out) const = 0;
};

/// A distribution p(x) ~ exp(-E(x)) of a field, or one term of its energy. Energies are dimensionless.
class Target {
 public:
  virtual ~Target() = default;
  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  /// Collective. The energy E(x), the same on all ranks; adds dE/dx (per cell; score = -dE/dx) to `gradient` where
  /// given. A pure function of x: work space may change, results not.
  virtual reduce::ExactSum evaluate(DualField& x, DualSum* gradient) = 0;

  /// Components of the field.
  [[nodiscard]] virtual int components() const { return 1; }
  /// Number of free degrees of freedom.
  [[nodiscard]] virtual double degrees_of_freedom() const = 0;
  /// Unit of the field, for files and axis labels.
  [[nodiscard]] virtual std::string unit() const { return "1"; }
  /// The quadratic form behind the energy; nullptr where it is none.
  [[nodiscard]] virtual LinearGaussian* linear_gaussian() { return nullptr; }
  /// That of the prior alone, where there is one.
  [[nodiscard]] virtual LinearGaussian* prior_gaussian() { return linear_gaussian(); }
  /// The terms behind the energy where each ties but neighbouring cells; nullptr otherwise.
  [[nodiscard]] virtual const LocalEnergy* local_energy() const { return nullptr; }
  /// The score at every noise level, of the field that samplers walk; nullptr where it is not known.
  [[nodiscard]] virtual Denoiser* denoiser() { return nullptr; }
  /// The energy of symbols; nullptr where the state is a field of numbers.
  [[nodiscard]] virtual const SymbolEnergy* symbol_energy() const { return nullptr; }
  /// What cluster samplers need of it; nullptr where they cannot be.
  [[nodiscard]] virtual const ClusterBonds* cluster_bonds() const { return nullptr; }
  /// Hidden units behind its symbols; nullptr where there are none.
  [[nodiscard]] virtual const HiddenUnits* hidden_units() const { return nullptr; }
  /// Prior power spectrum P(k) where there is one (empty function otherwise), for reports.
  [[nodiscard]] virtual std::function<double(double)> prior_power() const { return {}; }
  /// The letters of symbols, in order, where they stand for letters: a finished run writes draws.fasta.
  [[nodiscard]] virtual std::string alphabet() const { return {}; }
  /// Collective. Sets x to a draw from the prior where there is one (chains start there); otherwise to zero.
  virtual void draw_prior(const noise::Stream& stream, DualField& x);
  [[nodiscard]] virtual std::vector<NamedField> named_fields() const { return {}; }
  /// What a finished run draws of its results.
  [[nodiscard]] virtual std::vector<Picture> pictures() const { return {}; }
  /// What a user should know of how it was built, a line each, for run.log.
  [[nodiscard]] virtual std::vector<std::string> remarks() const { return {}; }

  /// True where samplers walk other coordinates than users think in: a lognormal density by its Gaussian field, a
  /// positive parameter by its logarithm. The energy is that of the coordinates (with the Jacobian); draws, moments and
  /// observables are of the physical field.
  [[nodiscard]] virtual bool is_transformed() const { return false; }
  /// Collective. out = the physical field of a state: the state itself where it is not transformed.
  virtual void physical(DualField& state, DualField& out);
  /// Collective. out += (d physical / d state)^T g: the gradient g of an energy of the physical field, as one of the
  /// state. `field` is what physical() made of the state; called only where is_transformed().
  virtual void add_pullback(DualField& state, DualField& field, DualSum& gradient, DualSum& out);
};

/// Throws DeckError where states are symbols, which have no gradient and do not add: "<who> is for fields of numbers,
/// ...".
void refuse_symbols(const Target& target, const std::string& who, const std::string& advice);

}  // namespace scorefield::model
