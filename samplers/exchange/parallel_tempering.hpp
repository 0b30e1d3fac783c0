#pragma once
/// Parallel tempering around any sampler.

#include <memory>
#include <optional>
#include <vector>

#include "model/components.hpp"
#include "model/tempered_target.hpp"

namespace scorefield::samplers {

struct ParallelTemperingOptions {
  deck::Component sampler;
  double hottest = 4.0;
  std::optional<std::int64_t> rungs;
  bool adapt = true;
  std::int64_t swap_every = 1;
};

/// Temperatures of one chain's replicas, kept the same in each of them: 1 = T_0 < T_1 < ... < T_last = hottest, by the
/// logarithms of their ratios.
struct Ladder {
  std::vector<double> log_ratios;   ///< log(T_(k+1) / T_k)
  std::vector<double> acceptances;  ///< of each pair: running mean in warm-up; what spacing goes by
  std::vector<double> sums;         ///< of each pair after the warm-up: acceptance probabilities
  std::vector<double> attempts;     ///< and their number

  static constexpr double not_tried = -1.0;
  /// Takes in the acceptance of each pair, or not_tried: during the warm-up, after it.
  void note_warmup(const std::vector<double>& tried, std::int64_t attempt);
  void note(const std::vector<double>& tried);

  /// `pairs` even steps in log T up to log_hottest.
  Ladder(std::int64_t pairs, double log_hottest);
  [[nodiscard]] double temperature(std::int64_t rung) const;
  /// Widens the steps of pairs that exchange more often than the mean of all and narrows the others, the ends fixed;
  /// `attempt` counts from 0 and slows the changes down (Vousden, Farr & Mandel 2016, in the logarithm of the steps).
  void adapt(std::int64_t attempt);
};

/// Replicas of each chain at a ladder of temperatures, each walked by the same kind of sampler, with exchanges of the
/// states of neighbouring rungs accepted at min(1, exp((beta_i - beta_j)(E_i - E_j))) (Geyer 1991): the rung at T = 1,
/// which alone is recorded, crosses barriers by way of the hot ones.
///
/// Replicas are spread over groups of ranks as chains are; a group holds one or several. States move, temperatures and
/// step sizes stay, and what a replica caches of its state is computed anew. All decisions are keyed by chain, rung and
/// step, so they do not depend on where a replica lives.
class ParallelTempering final : public model::Sampler {
 public:
  using Options = ParallelTemperingOptions;
  static deck::Schema<Options> schema();
  ParallelTempering(const Options& options, const model::SamplerContext& context);
  static std::int64_t replicas(const Options& options, const grid::Lattice& lattice);
  static model::ChainFootprint footprint(const Options& options, const model::Components& components) {
    return components.footprint(options.sampler);
  }

  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void start(model::Chain& chain) override;
  void refresh(model::Chain& chain) override;
  void adopt(model::Chain& chain) override;
  void step(model::Chain& chain) override;
  void settle(model::Chain& chain) override;
  void exchange(const model::Ensemble& ensemble) override;
  [[nodiscard]] std::vector<model::Figure> figures(const model::Chain& chain) const override;
  [[nodiscard]] bool is_adaptive() const override { return inner_->is_adaptive() || is_adapted_; }
  [[nodiscard]] bool is_biased() const override { return inner_->is_biased(); }
  [[nodiscard]] std::string status(const model::Chain& chain) const override;

 private:
  [[nodiscard]] std::int64_t rung(const model::Chain& chain) const { return chain.id % rungs_; }
  /// Gives the target the temperature of the chain's rung.
  void heat(const model::Chain& chain);
  /// What all ranks must know of every replica to decide.
  struct Standing {
    double energy = 0.0;  ///< E, not beta E
    double beta = 0.0;
    double flag = 0.0;    ///< which end of the ladder its state touched last
    double is_new = 0.0;  ///< 1 where its state came from another rung just now
  };
  [[nodiscard]] std::vector<Standing> gather(const model::Ensemble& ensemble);
  /// Collective over the world: exchanges between every other pair of rungs of the chain whose first replica is
  /// `first`; the acceptance of each pair.
  [[nodiscard]] std::vector<double> try_pairs(const model::Ensemble& ensemble, std::int64_t first, std::int64_t steps,
                                              std::int64_t parity, std::vector<Standing>& all) const;
  void swap_states(const model::Ensemble& ensemble, std::int64_t a, std::int64_t b) const;

  std::int64_t rungs_;
  std::uint64_t seed_;
  std::int64_t warmup_;
  bool is_adapted_;
  std::int64_t swap_every_;
  double log_hottest_;
  model::TemperedTarget target_;
  std::unique_ptr<model::Sampler> inner_;
};

}  // namespace scorefield::samplers
