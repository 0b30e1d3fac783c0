#include "samplers/exchange/parallel_tempering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "base/errors.hpp"
#include "grid/redistribute.hpp"
#include "noise/philox.hpp"

namespace scorefield::samplers {

namespace {

/// Ends of the ladder that a state can have touched last.
constexpr double cold = 1.0;
constexpr double hot = 2.0;

struct TemperingState final : model::Coupling {
  TemperingState(std::int64_t pairs, double log_hottest) : ladder(pairs, log_hottest) {}
  void visit(io::Archive& archive) override {
    archive.array("ladder_log_ratios", ladder.log_ratios);
    archive.array("ladder_acceptances", ladder.acceptances);
    archive.array("swap_sums", ladder.sums);
    archive.array("swap_attempts", ladder.attempts);
    archive.scalar("tempering_flag", flag);
    archive.scalar("round_trips", round_trips);
  }
  /// A state that touched `from` last is at this rung now.
  void arrive(double from, bool is_coldest, bool is_hottest, bool is_warmup) {
    flag = from;
    if (is_coldest) {
      if (from == hot && !is_warmup) ++round_trips;
      flag = cold;
    } else if (is_hottest && from == cold) {
      flag = hot;
    }
  }
  Ladder ladder;
  double flag = 0.0;             // of the state in this replica
  std::int64_t round_trips = 0;  // states that came back to T = 1 from the hottest rung, counted at T = 1
};

TemperingState& state_of(const model::Chain& chain) { return static_cast<TemperingState&>(*chain.coupling); }

/// The 25 % rule: replicas of d degrees of freedom at T and r T exchange with probability 2 Phi(-sqrt(d) log(r) / 2)
/// (normal limit of 2 F_dd(1 / r)), which is 1/4 here.
double log_ratio_of_quarter(double degrees_of_freedom) {
  return 2.0 * 1.1503493803760083 / std::sqrt(degrees_of_freedom);
}

}  // namespace

Ladder::Ladder(std::int64_t pairs, double log_hottest)
    : log_ratios(static_cast<std::size_t>(pairs), log_hottest / static_cast<double>(pairs)),
      acceptances(log_ratios.size(), 0.25),
      sums(log_ratios.size(), 0.0),
      attempts(log_ratios.size(), 0.0) {}

double Ladder::temperature(std::int64_t rung) const {
  return std::exp(std::accumulate(log_ratios.begin(), log_ratios.begin() + rung, 0.0));
}

void Ladder::note_warmup(const std::vector<double>& tried, std::int64_t attempt) {
  const double weight = 1.0 / (1.0 + static_cast<double>(std::min<std::int64_t>(attempt / 2, 20)));
  for (std::size_t k = 0; k < tried.size(); ++k) {
    if (tried[k] != not_tried) acceptances[k] += weight * (tried[k] - acceptances[k]);
  }
}

void Ladder::note(const std::vector<double>& tried) {
  for (std::size_t k = 0; k < tried.size(); ++k) {
    if (tried[k] == not_tried) continue;
    sums[k] += tried[k];
    attempts[k] += 1.0;
  }
}

void Ladder::adapt(std::int64_t attempt) {
  const double total = std::accumulate(log_ratios.begin(), log_ratios.end(), 0.0);
  const double mean =
      std::accumulate(acceptances.begin(), acceptances.end(), 0.0) / static_cast<double>(acceptances.size());
  if (!(mean > 0.0)) return;
  const double rate = 5.0 / (static_cast<double>(attempt) + 50.0);
  double sum = 0.0;
  for (std::size_t k = 0; k < log_ratios.size(); ++k) {
    log_ratios[k] *= std::exp(rate * std::clamp(acceptances[k] / mean - 1.0, -1.0, 1.0));
    sum += log_ratios[k];
  }
  for (double& ratio : log_ratios) ratio *= total / sum;
}

deck::Schema<ParallelTemperingOptions> ParallelTempering::schema() {
  return deck::Schema<Options>("parallel_tempering",
                               "Replicas of each chain at a ladder of temperatures that exchange their states, around "
                               "any other sampler: for targets of several modes. The replica at T = 1 is recorded.")
      .reference("Geyer 1991; Vousden, Farr & Mandel 2016")
      .example("{type: parallel_tempering, sampler: hmc, hottest: 10.0, rungs: 6}")
      .component("sampler", &Options::sampler, "sampler", {.doc = "what walks each replica", .required = true})
      .option("hottest", &Options::hottest, {.unit = "1", .doc = "highest temperature; the lowest is 1", .above = 1.0})
      .option("rungs", &Options::rungs,
              {.doc = "temperatures, both ends included; at first in equal ratios",
               .min = 2,
               .max = 1000,
               .auto_doc = "as many as neighbours need to exchange every fourth time, were the target normal with one "
                           "degree of freedom for each cell"})
      .option(
          "adapt", &Options::adapt,
          {.doc = "space the temperatures in warm-up so that all neighbours exchange equally often, then freeze them"})
      .option("swap_every", &Options::swap_every,
              {.unit = "steps", .doc = "steps between attempts to exchange", .min = 1})
      .check([](const Options& o, const auto& report) {
        if (o.sampler.type == "gaussian_exact" || o.sampler.type == "parallel_tempering") {
          report("sampler", "cannot be " + o.sampler.type + ": it needs a sampler that walks an energy");
        }
      });
}

std::int64_t ParallelTempering::replicas(const Options& options, const grid::Lattice& lattice) {
  if (options.rungs) return *options.rungs;
  const double pairs =
      std::ceil(std::log(options.hottest) / log_ratio_of_quarter(static_cast<double>(lattice.sites())));
  return 1 + std::max<std::int64_t>(1, static_cast<std::int64_t>(pairs));
}

ParallelTempering::ParallelTempering(const Options& options, const model::SamplerContext& context)
    : rungs_(replicas(options, context.domain.lattice())),
      seed_(context.seed),
      warmup_(context.warmup),
      is_adapted_(options.adapt && rungs_ > 2),
      swap_every_(options.swap_every),
      log_hottest_(std::log(options.hottest)),
      target_(context.target) {
  const model::SamplerContext inner{context.domain, target_, seed_, warmup_, context.components};
  inner_ = context.all_components().samplers.build(options.sampler, inner);
}

std::unique_ptr<model::Chain> ParallelTempering::make_chain(std::int64_t id) {
  auto chain = inner_->make_chain(id);
  chain->coupling = std::make_unique<TemperingState>(rungs_ - 1, log_hottest_);
  return chain;
}

void ParallelTempering::heat(const model::Chain& chain) {
  target_.set_beta(1.0 / state_of(chain).ladder.temperature(rung(chain)));
}

void ParallelTempering::start(model::Chain& chain) {
  heat(chain);
  inner_->start(chain);
}

void ParallelTempering::refresh(model::Chain& chain) {
  heat(chain);
  inner_->refresh(chain);
}

void ParallelTempering::adopt(model::Chain& chain) {
  heat(chain);
  inner_->adopt(chain);
}

void ParallelTempering::step(model::Chain& chain) {
  heat(chain);
  inner_->step(chain);
}

void ParallelTempering::settle(model::Chain& chain) {
  heat(chain);
  inner_->settle(chain);
}

std::vector<ParallelTempering::Standing> ParallelTempering::gather(const model::Ensemble& ensemble) {
  std::vector<Standing> all(static_cast<std::size_t>(ensemble.total));
  for (model::Chain* chain : ensemble.chains) {
    settle(*chain);
    const double beta = 1.0 / state_of(*chain).ladder.temperature(rung(*chain));
    if (!ensemble.domain.comm().is_root()) continue;
    all[static_cast<std::size_t>(chain->id)] = {chain->energy.value() / beta, beta, state_of(*chain).flag, 0.0};
  }
  // Each is zero but on one rank: an OR of the bits changes none.
  MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size() * sizeof(Standing) / sizeof(double)),
                MPI_UINT64_T, MPI_BOR, ensemble.world.handle());
  return all;
}

void ParallelTempering::exchange(const model::Ensemble& ensemble) {
  const std::int64_t steps = ensemble.chains.front()->step;
  if (steps % swap_every_ != 0) return;
  const std::int64_t attempt = steps / swap_every_ - 1;
  const bool is_warmup = steps <= warmup_;
  std::vector<Standing> all = gather(ensemble);
  std::vector<std::vector<double>> tried;  // of each chain of the deck
  for (std::int64_t first = 0; first < ensemble.total; first += rungs_) {
    tried.push_back(try_pairs(ensemble, first, steps, attempt % 2, all));
  }
  for (model::Chain* chain : ensemble.chains) {
    TemperingState& state = state_of(*chain);
    const Standing& standing = all[static_cast<std::size_t>(chain->id)];
    state.arrive(standing.flag, rung(*chain) == 0, rung(*chain) == rungs_ - 1, is_warmup);
    const std::vector<double>& acceptances = tried[static_cast<std::size_t>(chain->id / rungs_)];
    if (is_warmup) {
      state.ladder.note_warmup(acceptances, attempt);
      if (is_adapted_) state.ladder.adapt(attempt);
    } else {
      state.ladder.note(acceptances);
    }
    // Where state or temperature is new, what depends on them is computed anew, as after a restart.
    if (standing.is_new != 0.0 || (is_warmup && is_adapted_)) adopt(*chain);
  }
}

std::vector<double> ParallelTempering::try_pairs(const model::Ensemble& ensemble, std::int64_t first,
                                                 std::int64_t steps, std::int64_t parity,
                                                 std::vector<Standing>& all) const {
  std::vector<double> acceptances(static_cast<std::size_t>(rungs_ - 1), Ladder::not_tried);
  const noise::Stream stream{.seed = seed_,
                             .purpose = noise::Purpose::swap,
                             .chain = static_cast<std::uint32_t>(first),
                             .step = static_cast<std::uint64_t>(steps)};
  for (std::int64_t k = parity; k + 1 < rungs_; k += 2) {
    Standing& a = all[static_cast<std::size_t>(first + k)];
    Standing& b = all[static_cast<std::size_t>(first + k + 1)];
    const double acceptance = std::min(1.0, std::exp((a.beta - b.beta) * (a.energy - b.energy)));
    acceptances[static_cast<std::size_t>(k)] = acceptance;
    if (!(noise::uniform(stream, static_cast<std::uint64_t>(k)) < acceptance)) continue;
    swap_states(ensemble, first + k, first + k + 1);
    std::swap(a.flag, b.flag);
    a.is_new = b.is_new = 1.0;
  }
  return acceptances;
}

void ParallelTempering::swap_states(const model::Ensemble& ensemble, std::int64_t a, std::int64_t b) const {
  const auto find = [&](std::int64_t id) {
    const std::int64_t place = id - ensemble.chains.front()->id;
    return place >= 0 && place < std::ssize(ensemble.chains) ? ensemble.chains[static_cast<std::size_t>(place)]
                                                             : nullptr;
  };
  model::Chain* own_a = find(a);
  model::Chain* own_b = find(b);
  const auto group_of = [&](std::int64_t id) -> const model::Ensemble::Group& {
    return *std::find_if(ensemble.groups.begin(), ensemble.groups.end(),
                         [=](const auto& g) { return id < g.last_chain; });
  };
  const model::Ensemble::Group& group_a = group_of(a);
  const model::Ensemble::Group& group_b = group_of(b);
  if (&group_a == &group_b) {
    if (own_a != nullptr) std::swap(own_a->x, own_b->x);
    return;
  }
  // Between two groups of ranks, which may cut the lattice differently. All ranks of the world take part.
  const grid::Lattice& lattice = ensemble.domain.lattice();
  const model::Space space = ensemble.chains.front()->space;
  const auto boxes = [&](const model::Ensemble::Group& group) {
    std::vector<grid::Box> of_rank(static_cast<std::size_t>(ensemble.world.size()));
    const grid::Partition partition(lattice, group.ranks);
    auto place = of_rank.begin() + group.first_rank;
    for (int rank = 0; rank < group.ranks; ++rank) {
      grid::Box& box = *place++;
      if (space == model::Space::real) {
        box = partition.real_box(rank);
      } else {
        const grid::Box modes = partition.spectral_box(rank);  // (z, y, kx), in memory (y, kx, z)
        box = {{modes.lo[1], modes.lo[2], modes.lo[0]}, {modes.hi[1], modes.hi[2], modes.hi[0]}};
      }
    }
    return of_rank;
  };
  const int values = space == model::Space::real ? 1 : 2;
  const grid::Redistribution there(ensemble.world, boxes(group_a), boxes(group_b), values);
  const grid::Redistribution back(ensemble.world, boxes(group_b), boxes(group_a), values);
  const int components = target_.components();
  model::Chain* own = own_a != nullptr ? own_a : own_b;
  double* x = own != nullptr ? own->x.change(space) : nullptr;
  const std::int64_t size = values * (space == model::Space::real ? ensemble.domain.real_box().size()
                                                                  : ensemble.domain.spectral_box().size());
  std::vector<double> received(own != nullptr ? static_cast<std::size_t>(size) : 0);
  for (int c = 0; c < components; ++c) {
    double* part = x == nullptr ? nullptr : x + c * size;
    there.move(own_a != nullptr ? part : nullptr, own_b != nullptr ? received.data() : nullptr);
    back.move(own_b != nullptr ? part : nullptr, own_a != nullptr ? received.data() : nullptr);
    std::copy(received.begin(), received.end(), part);
  }
}

std::vector<model::Figure> ParallelTempering::figures(const model::Chain& chain) const {
  const TemperingState& state = state_of(chain);
  model::Figure temperatures{"temperatures", "1", {}};
  for (std::int64_t k = 0; k < rungs_; ++k) temperatures.values.push_back(state.ladder.temperature(k));
  model::Figure swaps{"swap_acceptance", "1", {}};
  for (std::size_t k = 0; k < state.ladder.sums.size(); ++k) {
    swaps.values.push_back(state.ladder.attempts[k] > 0.0 ? state.ladder.sums[k] / state.ladder.attempts[k] : 0.0);
  }
  return {std::move(temperatures), std::move(swaps), {"round_trips", "1", {static_cast<double>(state.round_trips)}}};
}

std::string ParallelTempering::status(const model::Chain& chain) const {
  const TemperingState& state = state_of(chain);
  const double attempts = std::accumulate(state.ladder.attempts.begin(), state.ladder.attempts.end(), 0.0);
  const double sums = std::accumulate(state.ladder.sums.begin(), state.ladder.sums.end(), 0.0);
  return fmt::format("{}, swaps {:.2f}, round trips {}", inner_->status(chain), attempts > 0.0 ? sums / attempts : 0.0,
                     state.round_trips);
}

}  // namespace scorefield::samplers
