#pragma once
/// The density field behind counts of galaxies.

#include "physics/inverse/poisson_counts.hpp"
#include "physics/inverse/posterior.hpp"

namespace scorefield::physics {

struct LognormalPoissonOptions {
  deck::Component spectrum;
  PoissonCountsOptions counts;
};

/// Posterior of a lognormal density contrast given Poisson counts, walked by the Gaussian field g (Kitaura, Jasche &
/// Metcalf 2010): E(g) = 1/2 g^T C^-1 g + sum lam - N g, so dE/dg = C^-1 g + lam - N. The same as `posterior` with the
/// prior lognormal_field and the likelihood poisson_counts.
class LognormalPoisson final : public Posterior {
 public:
  using Options = LognormalPoissonOptions;
  static deck::Schema<Options> schema();
  LognormalPoisson(const Options& options, const model::BuildContext& context);
  static model::ChainFootprint footprint(const Options& options, const model::Components& components);

  /// Counts drawn anew from their law given a state, see PoissonCounts::draw_counts. Chains must be refreshed.
  void draw_counts(const noise::Stream& stream, model::DualField& state);

 private:
  PoissonCounts* counts_;
  model::DualField density_;
};

}  // namespace scorefield::physics
