#pragma once
/// The normalisation of a distribution over symbols.

#include <memory>
#include <vector>

#include "model/components.hpp"
#include "model/tempered_target.hpp"

namespace scorefield::tasks {

struct LogZOptions {
  deck::Component sampler{};
  std::int64_t chains = 64;
  std::int64_t steps = 1000;
  std::int64_t equilibration = 1000;
  std::int64_t nodes = 32;
};

/// Z = sum over states of exp(-E), from the uniform law at beta = 0, where Z_0 = q^N, to beta = 1 along p_beta ~
/// exp(-beta E), in three ways:
/// - annealed importance sampling (Neal 2001): beta goes from 0 to 1 in equal steps, and before each move of the chain
///   the weight takes exp(-(change of beta) E). Then <weight> = Z / Z_0.
/// - the same backwards, from states at beta = 1 that the sampler has brought to equilibrium: <weight> = Z_0 / Z. By
///   Jensen's inequality the mean of the logarithms lies below ln Z forwards, and above it backwards; both ways
///   together give the estimate of least variance (Bennett 1976; Crooks 2000).
/// - thermodynamic integration: ln Z / Z_0 = -int <E>_beta d beta, by Gauss's rule.
/// Each chain is independent of the others; errors are those of their scatter.
class LogZ final : public model::Task {
 public:
  using Options = LogZOptions;
  static deck::Schema<Options> schema();
  LogZ(const Options& options, const model::TaskContext& context);

  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return {.real_fields = 2.3};
  }
  static std::int64_t values(const Options& o, const grid::Lattice& /*lattice*/) { return 3 * o.chains + o.nodes + 16; }

  /// One chain a step: of each way in turn.
  [[nodiscard]] std::int64_t steps() const override { return 3 * options_.chains; }
  void step(std::int64_t i) override;
  [[nodiscard]] model::Findings findings() override;

 private:
  /// ln of the weight along one chain.
  double forward(model::Chain& chain);
  double backward(model::Chain& chain);
  /// -int <E> d beta by one chain.
  double integral(model::Chain& chain);
  /// Moves of the sampler at this beta.
  void walk(model::Chain& chain, double beta, std::int64_t moves);
  /// E at the state that the last walk, at beta, has led to.
  [[nodiscard]] double energy(model::Chain& chain, double beta);

  Options options_;
  model::TaskContext context_;
  model::TemperedTarget target_;
  std::unique_ptr<model::Sampler> sampler_;
  std::vector<double> forward_, backward_, integrals_;  // of each chain
};

}  // namespace scorefield::tasks
