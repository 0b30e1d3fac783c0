#pragma once
/// All kinds of components that decks can name, and what they are built from.

#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include "deck/registry.hpp"
#include "model/footprint.hpp"
#include "model/likelihood.hpp"
#include "model/observable.hpp"
#include "model/operator.hpp"
#include "model/sampler.hpp"
#include "model/schedule.hpp"
#include "model/spectrum.hpp"
#include "model/target.hpp"
#include "model/task.hpp"

namespace scorefield::model {

struct Components;

/// What targets, operators, noises and spectra are built from.
struct BuildContext {
  const Components& components;
  const grid::Domain& domain;
  std::uint64_t seed = 0;
  std::int64_t index = 0;   ///< of a likelihood within its posterior
  Target* prior = nullptr;  ///< of that posterior
};

struct SamplerContext {
  const grid::Domain& domain;
  Target& target;
  std::uint64_t seed = 0;
  std::int64_t warmup = 0;                 ///< steps in which samplers may adapt
  const Components* components = nullptr;  ///< for samplers made of other components
  std::int64_t thin = 1;                   ///< steps between draws

  /// Throws std::logic_error where none were given.
  [[nodiscard]] const Components& all_components() const {
    if (components == nullptr) throw std::logic_error("this sampler needs SamplerContext::components");
    return *components;
  }
};

struct ObservableContext {
  const grid::Domain& domain;
  Target& target;
};

/// The registries, filled by register_targets, register_samplers and register_tasks. A value owned by main.
struct Components {
  deck::Catalogue catalogue;
  deck::Registry<Target, const BuildContext> targets{catalogue.family("target", "distributions to sample")};
  deck::Registry<Likelihood, const BuildContext> likelihoods{catalogue.family("likelihood", "data of a posterior")};
  deck::Registry<Operator, const BuildContext> operators{
      catalogue.family("operator", "linear maps from field to data")};
  deck::Registry<Noise, const BuildContext> noises{catalogue.family("noise", "noise of data")};
  deck::Registry<Spectrum, const BuildContext> spectra{
      catalogue.family("spectrum", "power spectra of Gaussian fields")};
  deck::Registry<Schedule, const ScheduleContext> schedules{
      catalogue.family("schedule", "noise levels of samplers that walk from noise to data")};
  deck::Registry<Sampler, const SamplerContext> samplers{catalogue.family("sampler", "Markov transitions")};
  deck::Registry<Observable, const ObservableContext> observables{
      catalogue.family("observable", "numbers recorded at each draw")};
  deck::Registry<Task, const TaskContext> tasks{
      catalogue.family("task", "what to find out about a target instead of sampling it")};

  /// Registers T, with its memory where it states one.
  template <class T, class Registry>
  void add(Registry& registry) {
    registry.template add<T>();
    if constexpr (requires(const typename T::Options& o, const grid::Lattice& l) { std::int64_t(T::values(o, l)); }) {
      values_[T::schema().any().name()] = [](const deck::Component& component, const grid::Lattice& lattice) {
        return T::values(component.as<typename T::Options>(), lattice);
      };
    }
    if constexpr (requires(const typename T::Options& o, const grid::Lattice& l) { std::int64_t(T::replicas(o, l)); }) {
      replicas_[T::schema().any().name()] = [](const deck::Component& component, const grid::Lattice& lattice) {
        return T::replicas(component.as<typename T::Options>(), lattice);
      };
    }
    if constexpr (requires(const typename T::Options& o, const Components& c) { Footprint(T::footprint(o, c)); }) {
      footprints_[T::schema().any().name()] = [](const deck::Component& component, const Components& components) {
        return ChainFootprint{T::footprint(component.as<typename T::Options>(), components), {}};
      };
    } else if constexpr (requires(const typename T::Options& o, const Components& c) {
                           ChainFootprint(T::footprint(o, c));
                         }) {
      footprints_[T::schema().any().name()] = [](const deck::Component& component, const Components& components) {
        return T::footprint(component.as<typename T::Options>(), components);
      };
    }
  }
  /// Of a component; nothing where it states none.
  [[nodiscard]] ChainFootprint footprint(const deck::Component& component) const {
    const auto found = footprints_.find(component.type);
    return found == footprints_.end() ? ChainFootprint{} : found->second(component, *this);
  }

  /// Chains that a sampler couples for each chain of the deck (the rungs of a ladder of temperatures); one where it
  /// states nothing.
  [[nodiscard]] std::int64_t replicas_of(const deck::Component& sampler, const grid::Lattice& lattice) const {
    const auto found = replicas_.find(sampler.type);
    return found == replicas_.end() ? 1 : found->second(sampler, lattice);
  }

  /// Numbers that an observable records at each draw, or a task in all; one where it states nothing.
  [[nodiscard]] std::int64_t values_of(const deck::Component& component, const grid::Lattice& lattice) const {
    const auto found = values_.find(component.type);
    return found == values_.end() ? 1 : found->second(component, lattice);
  }

 private:
  std::map<std::string, std::function<std::int64_t(const deck::Component&, const grid::Lattice&)>> values_, replicas_;
  std::map<std::string, std::function<ChainFootprint(const deck::Component&, const Components&)>> footprints_;
};

}  // namespace scorefield::model
