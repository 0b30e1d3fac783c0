#pragma once
/// All kinds of components that decks can name, and what they are built from.

#include <cstdint>

#include "deck/registry.hpp"
#include "model/likelihood.hpp"
#include "model/observable.hpp"
#include "model/operator.hpp"
#include "model/sampler.hpp"
#include "model/spectrum.hpp"
#include "model/target.hpp"

namespace scorefield::model {

struct Components;

/// What targets, operators, noises and spectra are built from.
struct BuildContext {
  const Components& components;
  const grid::Domain& domain;
  std::uint64_t seed = 0;
  std::int64_t index = 0;    ///< of a likelihood within its posterior
  Target* prior = nullptr;   ///< of that posterior
};

struct SamplerContext {
  const grid::Domain& domain;
  Target& target;
  std::uint64_t seed = 0;
  std::int64_t warmup = 0;  ///< steps in which samplers may adapt
};

struct ObservableContext {
  const grid::Domain& domain;
  const Target& target;
};

/// The registries, filled by register_targets, register_samplers and register_observables. A value owned by main.
struct Components {
  deck::Catalogue catalogue;
  deck::Registry<Target, const BuildContext> targets{catalogue.family("target")};
  deck::Registry<Likelihood, const BuildContext> likelihoods{catalogue.family("likelihood")};
  deck::Registry<Operator, const BuildContext> operators{catalogue.family("operator")};
  deck::Registry<Noise, const BuildContext> noises{catalogue.family("noise")};
  deck::Registry<Spectrum, const BuildContext> spectra{catalogue.family("spectrum")};
  deck::Registry<Sampler, const SamplerContext> samplers{catalogue.family("sampler")};
  deck::Registry<Observable, const ObservableContext> observables{catalogue.family("observable")};
};

}  // namespace scorefield::model
