#include "samplers/langevin/block_mala.hpp"

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"
#include "noise/normals.hpp"
#include "noise/philox.hpp"
#include "reduce/rows.hpp"

namespace scorefield::samplers {

namespace {

using grid::wrap;

const model::LocalEnergy& local_energy_of(model::Target& target) {
  model::refuse_symbols(target, "block_mala", "use sampler.type 'metropolis' or 'heat_bath'");
  const model::LocalEnergy* energy = target.local_energy();
  if (energy == nullptr) {
    throw base::DeckError(
        "block_mala needs an energy that is a sum of terms over neighbouring cells (phi4, or one of your own); that of "
        "this target ties "
        "cells of the whole field together",
        "use 'mala' or 'hmc'");
  }
  return *energy;
}

BlockTiling tiling_of(const grid::Lattice& lattice, std::int64_t edge, const model::LocalEnergy& energy) {
  try {
    return {lattice, edge, energy.diameter(), energy.is_axis_only()};
  } catch (const std::invalid_argument& error) {
    throw base::DeckError(std::string("block_mala: ") + error.what(), "use a larger domain.shape, or 'mala'");
  }
}

/// Optimal scaling in the dimension of a block (Roberts & Rosenthal 1998), at the acceptance that is aimed at by
/// default.
double first_step(const BlockTiling& tiling) {
  const double cells = static_cast<double>(tiling.largest(0) * tiling.largest(1) * tiling.largest(2));
  return 0.5 / std::cbrt(cells);
}

struct BlockMalaChain : GradientChain {
  using GradientChain::GradientChain;
  reduce::ExactSum acceptances;  // of the last sweep, over the blocks that begin on this rank
};

}  // namespace

deck::Schema<BlockMalaOptions> BlockMala::schema() {
  return deck::Schema<Options>("block_mala",
                               "Metropolis-adjusted Langevin with an accept test for each block, blocks of one colour "
                               "at once: exact, with an acceptance that does not fall as the field grows. Needs a "
                               "local energy (phi4).")
      .reference("Roberts & Tweedie 1996, in a Gibbs sweep over blocks")
      .example("{type: block_mala, block: 8}")
      .option(
          "step_size", &Options::step_size,
          {.unit = "1", .doc = "h", .above = 0.0, .auto_doc = "adapted in warm-up to target_acceptance, then frozen"})
      .option("block", &Options::block,
              {.unit = "cells", .doc = "least extent of a block along each axis", .min = 1, .max = 64})
      .option("target_acceptance", &Options::target_acceptance,
              {.unit = "1", .doc = "mean acceptance of a block that warm-up aims at", .above = 0.0, .below = 1.0})
      .option("start", &Options::start,
              {.doc = "first state: a draw from the prior, or zero", .choices = {"prior", "zero"}});
}

BlockMala::BlockMala(const Options& options, const model::SamplerContext& context)
    : GradientSampler(context, {.preconditioner = "none", .start = options.start},
                      {options.step_size, first_step(tiling_of(context.domain.lattice(), options.block,
                                                               local_energy_of(context.target)))}),
      energy_(local_energy_of(context.target)),
      tiling_(tiling_of(context.domain.lattice(), options.block, energy_)),
      ghosts_(context.domain, 1,
              static_cast<int>(std::max(tiling_.largest(0), tiling_.largest(1)) - 1 + energy_.diameter())),
      target_acceptance_(options.target_acceptance) {
  const grid::Box& box = domain_.real_box();
  const grid::Index3& n = domain_.lattice().n();
  for (const int axis : {0, 1}) margin_[axis] = box.extent(axis) < n[axis] ? tiling_.largest(axis) - 1 : 0;
  if (!box.empty()) {
    const std::int64_t rows = (box.extent(0) + 2 * margin_[0]) * (box.extent(1) + 2 * margin_[1]);
    noise_.resize(static_cast<std::size_t>(rows * n[2]));
  }
}

std::unique_ptr<model::Chain> BlockMala::make_chain(std::int64_t id) {
  auto chain = std::make_unique<BlockMalaChain>(id, domain_, target_.components(), model::Space::real);
  set_up(*chain);
  return chain;
}

void BlockMala::refresh(model::Chain& chain) {
  chain.energy = target_.evaluate(chain.x, nullptr);
  refuse_lost_energy(chain);
}

grid::Index3 BlockMala::block_at(std::int64_t cell) const {
  const grid::Index3& n = domain_.lattice().n();
  const grid::Index3 index{cell / n[2] / n[1], cell / n[2] % n[1], cell % n[2]};
  grid::Index3 block{0, 0, 0};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t from_origin = wrap(index[axis] - origin_[axis], n[axis]);
    block[axis] = tiling_.containing(static_cast<int>(axis), from_origin);
  }
  return block;
}

std::vector<BlockMala::Span> BlockMala::spans(int axis) const {
  const grid::Box& box = domain_.real_box();
  const std::int64_t n = domain_.lattice().n()[axis];
  std::vector<Span> found;
  for (std::int64_t i = 0; i < tiling_.blocks(axis); ++i) {
    const std::int64_t size = tiling_.last(axis, i) - tiling_.first(axis, i);
    std::int64_t begin = wrap(origin_[axis] + tiling_.first(axis, i) - box.lo[axis], n);
    if (begin >= box.extent(axis)) begin -= n;  // it may reach in from before
    if (begin + size > 0) found.push_back({i, begin, size});
  }
  return found;
}

std::int64_t BlockMala::own_index(int axis, std::int64_t i) const {
  const std::int64_t wrapped = wrap(i, domain_.lattice().n()[axis]);
  return wrapped < domain_.real_box().extent(axis) ? wrapped : -1;
}

double* BlockMala::noise_row(std::int64_t z, std::int64_t y) {
  const grid::Index3& n = domain_.lattice().n();
  const std::int64_t row_z = margin_[0] > 0 ? z + margin_[0] : wrap(z, n[0]);
  const std::int64_t row_y = margin_[1] > 0 ? y + margin_[1] : wrap(y, n[1]);
  return noise_.data() + (row_z * (domain_.real_box().extent(1) + 2 * margin_[1]) + row_y) * n[2];
}

void BlockMala::begin_sweep(const GradientChain& chain) {
  const grid::Index3& n = domain_.lattice().n();
  const grid::Box& box = domain_.real_box();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double u = noise::uniform(stream(chain, noise::Purpose::block_origin), axis);
    origin_[axis] = static_cast<std::int64_t>(u * static_cast<double>(n[axis]));
  }
  if (box.empty()) return;
  noise::WhiteRows white(domain_.lattice(), stream(chain, noise::Purpose::proposal));
  for (std::int64_t z = -margin_[0]; z < box.extent(0) + margin_[0]; ++z) {
    for (std::int64_t y = -margin_[1]; y < box.extent(1) + margin_[1]; ++y) {
      white.row(0, wrap(box.lo[0] + z, n[0]), wrap(box.lo[1] + y, n[1]), noise_row(z, y));
    }
  }
}

const std::vector<BlockMala::Move>& BlockMala::move_colour(GradientChain& chain, int colour) {
  moves_.clear();
  chain.x.change(model::Space::real);
  const grid::GhostRows::Rows rows = ghosts_.exchange(chain.x.real());
  if (domain_.real_box().empty()) return moves_;
  const std::vector<Span> columns = spans(2);
  for (const Span& z : spans(0)) {
    for (const Span& y : spans(1)) {
      for (const Span& x : columns) {
        if (tiling_.colour({z.block, y.block, x.block}) != colour) continue;
        moves_.push_back(move_block(chain, rows, {z, y, x}));
        if (z.begin >= 0 && y.begin >= 0) {
          static_cast<BlockMalaChain&>(chain).acceptances.add(moves_.back().acceptance);
        }
      }
    }
  }
  return moves_;
}

void BlockMala::fill_patch(const grid::GhostRows::Rows& rows, const std::array<Span, 3>& at) {
  const std::int64_t n = domain_.lattice().n()[2];
  for (std::size_t axis = 0; axis < 3; ++axis) {
    patch_.extent[axis] = at[axis].size;
    patch_.pad[axis] = domain_.lattice().n()[axis] > 1 ? energy_.diameter() : 0;
  }
  old_.resize(static_cast<std::size_t>(patch_.padded_cells()));
  double* to = old_.data();
  const std::int64_t first = at[2].begin - patch_.pad[2];
  for (std::int64_t z = -patch_.pad[0]; z < at[0].size + patch_.pad[0]; ++z) {
    for (std::int64_t y = -patch_.pad[1]; y < at[1].size + patch_.pad[1]; ++y, to += patch_.row_length()) {
      const double* from = rows(0, at[0].begin + z, at[1].begin + y);
      if (first >= 0 && first + patch_.row_length() <= n) {
        std::copy_n(from + first, patch_.row_length(), to);
      } else {
        for (std::int64_t i = 0; i < patch_.row_length(); ++i) to[i] = from[wrap(first + i, n)];
      }
    }
  }
}

void BlockMala::find_drift(double h, const std::vector<double>& x, std::vector<double>& drift) const {
  energy_.gradient(patch_, x.data(), drift.data());
  const double most = most_drift * std::sqrt(2.0 * h);
  for (double& d : drift) d = std::clamp(-h * d, -most, most);
}

BlockMala::Move BlockMala::move_block(GradientChain& chain, const grid::GhostRows::Rows& rows,
                                      const std::array<Span, 3>& at) {
  fill_patch(rows, at);
  const std::int64_t n = domain_.lattice().n()[2];
  const std::int64_t length = patch_.extent[2];
  const double h = chain.step_size;
  const double noise_scale = std::sqrt(2.0 * h);
  old_drift_.resize(static_cast<std::size_t>(patch_.cells()));
  new_drift_.resize(old_drift_.size());
  new_ = old_;

  Move move{.block = tiling_.index({at[0].block, at[1].block, at[2].block})};
  find_drift(h, old_, old_drift_);
  const double* drift = old_drift_.data();
  for (std::int64_t z = 0; z < patch_.extent[0]; ++z) {
    for (std::int64_t y = 0; y < patch_.extent[1]; ++y, drift += length) {
      double* row = patch_.row(new_.data(), z, y);
      const double* noise = noise_row(at[0].begin + z, at[1].begin + y);
      const std::int64_t whole = std::min(length, n - at[2].begin);  // cells before the row's end
      const double* before_end = noise + at[2].begin;
      for (std::int64_t i = 0; i < whole; ++i) row[i] += noise_scale * before_end[i] + drift[i];
      for (std::int64_t i = whole; i < length; ++i) row[i] += noise_scale * noise[i - whole] + drift[i];
      move.drift += reduce::row_sum(length, [=](std::int64_t i) { return drift[i]; });
    }
  }
  find_drift(h, new_, new_drift_);
  move.energy_change = energy_.energy_change(patch_, old_.data(), new_.data());
  // |noise forward|^2 - |noise back|^2, of which the squares of y - x cancel.
  double norms = 0.0;
  const double* back = new_drift_.data();
  drift = old_drift_.data();
  for (std::int64_t z = 0; z < patch_.extent[0]; ++z) {
    for (std::int64_t y = 0; y < patch_.extent[1]; ++y, drift += length, back += length) {
      const double* x = patch_.row(old_.data(), z, y);
      const double* to = patch_.row(new_.data(), z, y);
      norms += reduce::row_sum(length, [=](std::int64_t i) {
        return drift[i] * drift[i] - back[i] * back[i] - 2.0 * (drift[i] + back[i]) * (to[i] - x[i]);
      });
    }
  }
  const double log_ratio = norms / (4.0 * h) - move.energy_change;
  move.acceptance = std::isfinite(log_ratio) ? std::min(1.0, std::exp(log_ratio)) : 0.0;
  move.is_accepted =
      noise::uniform(stream(chain, noise::Purpose::accept), static_cast<std::uint64_t>(move.block)) < move.acceptance;
  if (move.is_accepted) write_back(chain.x.values(model::Space::real), at);
  return move;
}

void BlockMala::write_back(double* field, const std::array<Span, 3>& at) {
  const std::int64_t n = domain_.lattice().n()[2];
  for (std::int64_t z = 0; z < patch_.extent[0]; ++z) {
    const std::int64_t own_z = own_index(0, at[0].begin + z);
    for (std::int64_t y = 0; y < patch_.extent[1] && own_z >= 0; ++y) {
      const std::int64_t own_y = own_index(1, at[1].begin + y);
      if (own_y < 0) continue;
      const double* from = patch_.row(new_.data(), z, y);
      double* row = field + (own_z * domain_.real_box().extent(1) + own_y) * n;
      const std::int64_t whole = std::min(patch_.extent[2], n - at[2].begin);
      std::copy_n(from, whole, row + at[2].begin);
      std::copy_n(from + whole, patch_.extent[2] - whole, row);
    }
  }
}

void BlockMala::walk(GradientChain& base_chain) {
  auto& chain = static_cast<BlockMalaChain&>(base_chain);
  chain.acceptances = {};
  begin_sweep(chain);
  for (int colour = 0; colour < tiling_.colours(); ++colour) move_colour(chain, colour);
  chain.gradients += 2;  // of every cell: at its old and its new value
  if (adapts_step(chain)) {
    note_acceptance(chain);
    adapt(chain, target_acceptance_);
  }
}

void BlockMala::note_acceptance(GradientChain& chain) const {
  reduce::ExactSum sum = static_cast<BlockMalaChain&>(chain).acceptances;
  sum.all_reduce(domain_.comm());
  chain.acceptance = sum.value() / static_cast<double>(tiling_.blocks());
}

void BlockMala::settle(model::Chain& base_chain) {
  auto& chain = static_cast<BlockMalaChain&>(base_chain);
  note_acceptance(chain);
  chain.acceptance_sum = chain.acceptance * static_cast<double>(chain.steps_since_draw);
  chain.energy = target_.evaluate(chain.x, nullptr);
}

}  // namespace scorefield::samplers
