#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "io/archive.hpp"
#include "model/dual_field.hpp"
#include "model/running_bfmi.hpp"
#include "reduce/exact_sum.hpp"

namespace scorefield::model {

/// What a sampler around another, or one that couples chains, keeps in each chain.
class Coupling {
 public:
  virtual ~Coupling() = default;
  Coupling() = default;
  Coupling(const Coupling&) = delete;
  Coupling& operator=(const Coupling&) = delete;
  virtual void visit(io::Archive& archive) = 0;
};

/// One Markov chain: all that decides its future is what visit() names; all else is recomputed from it.
class Chain {
 public:
  /// `state_space` is where the sampler writes x: there its bits are kept.
  Chain(std::int64_t chain_id, const grid::Domain& domain, int components, Space state_space = Space::fourier)
      : id(chain_id), x(domain, "state", components), space(state_space) {}
  virtual ~Chain() = default;
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  /// Saves to or loads from a checkpoint. Samplers with more state override this and call it first.
  virtual void visit(io::Archive& archive);
  /// The state alone.
  virtual void visit_state(io::Archive& archive);

  std::int64_t id = 0;
  std::int64_t step = 0;               ///< steps done
  DualField x;                         ///< the state
  Space space;                         ///< of the state
  reduce::ExactSum energy;             ///< of x
  std::unique_ptr<Coupling> coupling;  ///< where the sampler couples chains
  double acceptance = 1.0;             ///< acceptance probability of the last step
  double acceptance_sum = 0.0;         ///< over the steps since the last draw
  std::int64_t steps_since_draw = 0;
  std::int64_t gradients = 0;         ///< evaluations of the gradient so far
  std::int64_t warmup_gradients = 0;  ///< of these, up to the end of the warm-up
  RunningBfmi bfmi;                   ///< of the steps after the warm-up, where the sampler draws momenta
  std::optional<DualField> physical;  ///< of the last draw, where the target is transformed
  std::int64_t divergences = 0;  ///< steps after the warm-up whose energy error left all bounds (Hamiltonian samplers)

  /// What observables and users see: the state, or what the target makes of it (Target::physical).
  [[nodiscard]] DualField& field() { return physical ? *physical : x; }
  [[nodiscard]] double acceptance_since_draw() const {
    return steps_since_draw > 0 ? acceptance_sum / static_cast<double>(steps_since_draw) : acceptance;
  }
};

/// Saves or loads the modes of a field as `name` (y, kx, z, 2), whatever the decomposition.
void visit_spectrum(io::Archive& archive, const std::string& name, const grid::Domain& domain,
                    const grid::SpectralField& field);
/// The same for real fields without halo: (component, z, y, x).
void visit_field(io::Archive& archive, const std::string& name, const grid::Domain& domain, const grid::Field& field);
void visit_vector(io::Archive& archive, const std::string& name, const grid::Domain& domain, const Vector& vector);
/// Where this rank's part of an array with one element per cell (z, y, x) or per mode (y, kx, z) lies; no data yet.
[[nodiscard]] io::FieldSlab slab_of(const grid::Domain& domain, Space space);
/// The same for one double per cell (z, y, x) or per mode (y, kx, z).
void visit_diagonal(io::Archive& archive, const std::string& name, const grid::Domain& domain, Space space,
                    const base::LineView& values);

}  // namespace scorefield::model
