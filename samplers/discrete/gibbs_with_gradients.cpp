#include "samplers/discrete/gibbs_with_gradients.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "base/errors.hpp"
#include "model/symbol_target.hpp"
#include "noise/philox.hpp"
#include "noise/words.hpp"
#include "reduce/rows.hpp"

namespace scorefield::samplers {

namespace {

/// An integer that is in the order of doubles.
std::int64_t ordered(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits < 0 ? bits ^ std::numeric_limits<std::int64_t>::max() : bits;
}

constexpr double least = -std::numeric_limits<double>::infinity();

}  // namespace

deck::Schema<GibbsWithGradientsOptions> GibbsWithGradients::schema() {
  auto schema = deck::Schema<Options>("gibbs_with_gradients",
                                      "Locally balanced moves of single symbols, picked from the whole lattice by what "
                                      "they change: exact.");
  schema.reference("Zanella 2020; Grathwohl et al. 2021")
      .example("{type: gibbs_with_gradients, moves: 16}")
      .option("moves", &Options::moves, {.doc = "moves in a step", .min = 1, .max = 1000000});
  return with_symbol_options(std::move(schema));
}

GibbsWithGradients::GibbsWithGradients(const Options& options, const model::SamplerContext& context)
    : SymbolSampler(context, options),
      moves_(options.moves),
      box_(context.domain.real_box()),
      offsets_(energy().symbols() - 1),
      log_weights_(static_cast<std::size_t>(box_.size() * offsets_)),
      row_weights_(static_cast<std::size_t>(box_.empty() ? 0 : box_.extent(0) * box_.extent(1))),
      values_(static_cast<std::size_t>(context.domain.lattice().n()[2])),
      proposed_(values_.size()) {
  check_axes(context.domain.lattice(), energy());
}

void GibbsWithGradients::weigh_row(const SymbolChain& chain, std::int64_t z, std::int64_t y) {
  const model::SymbolRow row = model::symbol_row(domain_, chain.symbols, z, y);
  const auto index = static_cast<std::size_t>(z * box_.extent(1) + y);
  const std::int64_t q = offsets_ + 1;
  double sum = 0.0;
  for (std::int64_t offset = 1; offset < q; ++offset) {
    for (std::int64_t x = 0; x < row.count; ++x) {
      proposed_[static_cast<std::size_t>(x)] = static_cast<std::uint8_t>((row.at[x] + offset) % q);
    }
    double* log_weight = log_weights_.data() + row.local * offsets_ + (offset - 1) * row.count;
    energy().changes(row, proposed_.data(), log_weight);
    for (std::int64_t x = 0; x < row.count; ++x) log_weight[x] *= -0.5;
    for (std::int64_t x = 0; x < row.count; ++x) values_[static_cast<std::size_t>(x)] = std::exp(log_weight[x]);
    sum += reduce::row_sum(row.count, [&](std::int64_t x) { return values_[static_cast<std::size_t>(x)]; });
  }
  own_norm_ -= reduce::ExactSum(row_weights_[index]);
  own_norm_ += reduce::ExactSum(sum);
  row_weights_[index] = sum;
}

double GibbsWithGradients::norm() const {
  reduce::ExactSum sum = own_norm_;
  sum.all_reduce(domain_.comm());
  return sum.value();
}

GibbsWithGradients::Pick GibbsWithGradients::pick(const noise::Stream& stream) {
  const grid::Index3& n = domain_.lattice().n();
  double best = least;
  Pick found;
  for (std::int64_t z = 0; z < box_.extent(0); ++z) {
    for (std::int64_t y = 0; y < box_.extent(1); ++y) {
      const std::int64_t global_row = (z + box_.lo[0]) * n[1] + y + box_.lo[1];
      for (std::int64_t offset = 1; offset <= offsets_; ++offset) {
        noise::gumbels_of_row(stream, global_row * offsets_ + offset - 1, n[2], values_.data());
        const double* log_weight = log_weights_.data() + ((z * box_.extent(1) + y) * offsets_ + offset - 1) * n[2];
        for (std::int64_t x = 0; x < n[2]; ++x) {
          const double value = log_weight[x] + values_[static_cast<std::size_t>(x)];
          if (!(value > best)) continue;
          best = value;
          found = {.site = global_row * n[2] + x, .offset = static_cast<int>(offset)};
        }
      }
    }
  }
  const std::int64_t of_all = domain_.comm().max(ordered(best));
  if (of_all == ordered(least)) return {};
  // Equal ones, should there be any, go by cell.
  const std::int64_t none = std::numeric_limits<std::int64_t>::max();
  const std::int64_t place = found.site * offsets_ + found.offset - 1;
  const std::int64_t first = domain_.comm().min(ordered(best) == of_all ? place : none);
  return {.site = first / offsets_, .offset = static_cast<int>(first % offsets_) + 1};
}

void GibbsWithGradients::turn(SymbolChain& chain, const Pick& pick, int offset) {
  const grid::Index3& n = domain_.lattice().n();
  const std::array<std::int64_t, 2> row{pick.site / n[2] / n[1], pick.site / n[2] % n[1]};
  const auto own = [&](std::int64_t distance, int axis) {
    const std::int64_t index = row[static_cast<std::size_t>(axis)] + distance;
    return grid::wrap(index - box_.lo[axis], n[static_cast<std::size_t>(axis)]);
  };
  const auto is_own = [&](std::int64_t z, std::int64_t y) { return z < box_.extent(0) && y < box_.extent(1); };
  if (is_own(own(0, 0), own(0, 1))) {
    std::uint8_t& symbol = chain.symbols.row(own(0, 0), own(0, 1))[pick.site % n[2]];
    symbol = static_cast<std::uint8_t>((symbol + offset) % (offsets_ + 1));
  }
  chain.symbols.exchange();
  const std::int64_t reach_z = n[0] > 1 ? energy().reach() : 0;
  const std::int64_t reach_y = n[1] > 1 ? energy().reach() : 0;
  for (std::int64_t dz = -reach_z; dz <= reach_z; ++dz) {
    for (std::int64_t dy = -reach_y; dy <= reach_y; ++dy) {
      if (is_own(own(dz, 0), own(dy, 1))) weigh_row(chain, own(dz, 0), own(dy, 1));
    }
  }
}

void GibbsWithGradients::move(SymbolChain& chain, std::int64_t number) {
  const double before = norm();
  if (!std::isfinite(before)) {
    throw base::NumericsError("gibbs_with_gradients: the weights exp(-change / 2) of single moves are too large",
                              "start nearer the typical states of the target, or walk there with 'heat_bath'");
  }
  const Pick proposed = pick(stream(chain, noise::Purpose::symbol_proposal, number, moves_));
  if (proposed.site < 0) return;
  turn(chain, proposed, proposed.offset);
  const noise::Stream own = stream(chain, noise::Purpose::symbol_accept, number, moves_);
  const double after = norm();
  if (noise::uniform(own) * after < before) {
    if (domain_.comm().is_root()) ++chain.accepted;
    return;
  }
  turn(chain, proposed, static_cast<int>(offsets_) + 1 - proposed.offset);
  // What was infinite cannot be taken off a sum again.
  if (!std::isfinite(after)) weigh_all(chain);
}

void GibbsWithGradients::weigh_all(const SymbolChain& chain) {
  own_norm_ = {};
  std::fill(row_weights_.begin(), row_weights_.end(), 0.0);
  for (std::int64_t z = 0; z < box_.extent(0); ++z) {
    for (std::int64_t y = 0; y < box_.extent(1); ++y) weigh_row(chain, z, y);
  }
}

void GibbsWithGradients::sweep(SymbolChain& chain) {
  weigh_all(chain);
  for (std::int64_t number = 0; number < moves_; ++number) move(chain, number);
}

}  // namespace scorefield::samplers
