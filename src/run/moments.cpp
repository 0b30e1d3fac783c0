#include "run/moments.hpp"

#include <cmath>

#include "grid/redistribute.hpp"
#include "reduce/rows.hpp"

namespace scorefield::run {

Moments::Moments(const grid::Domain& domain, int components)
    : mean_(domain, "mean", components), squares_(domain, "squared deviations", components) {}

void Moments::add(const grid::Field& x) {
  ++count_;
  const double weight = 1.0 / static_cast<double>(count_);
  const double* values = x.data();
  double* mean = mean_.data();
  double* squares = squares_.data();
  Kokkos::parallel_for(
      "moments", base::RowPolicy(0, x.size()),
      KOKKOS_LAMBDA(const std::int64_t i) { reduce::add_to_moments(values[i], weight, mean[i], squares[i]); });
}

void Moments::visit(io::Archive& archive, const grid::Domain& domain) {
  archive.scalar("moments_count", count_);
  model::visit_field(archive, "moments_mean", domain, mean_);
  model::visit_field(archive, "moments_squares", domain, squares_);
}

Summary merge_moments(const base::Comm& world, const grid::Domain& domain, std::int64_t chains,
                      std::int64_t first_chain, const std::vector<const Moments*>& moments, int components) {
  // Boxes of all ranks in their groups, as chains of different groups may be cut differently.
  const grid::Partition whole(domain.lattice(), world.size());
  std::vector<std::int64_t> mine(8);
  for (int axis = 0; axis < 3; ++axis) {
    mine[axis] = domain.real_box().lo[axis];
    mine[3 + axis] = domain.real_box().hi[axis];
  }
  mine[6] = first_chain;
  mine[7] = first_chain + static_cast<std::int64_t>(moments.size());
  std::vector<std::int64_t> all(mine.size() * static_cast<std::size_t>(world.size()));
  MPI_Allgather(mine.data(), 8, MPI_INT64_T, all.data(), 8, MPI_INT64_T, world.handle());
  std::vector<grid::Box> to;
  to.reserve(static_cast<std::size_t>(world.size()));
  for (int rank = 0; rank < world.size(); ++rank) to.push_back(whole.real_box(rank));

  const auto cells = static_cast<std::size_t>(to[world.rank()].size());
  const std::size_t size = cells * static_cast<std::size_t>(components);
  Summary total{std::vector<double>(size), std::vector<double>(size)};
  // One group of all ranks: every chain already lies as wanted.
  const bool is_in_place = static_cast<std::int64_t>(moments.size()) == chains;
  const bool moves = world.max(is_in_place ? 0 : 1) != 0 || domain.comm().size() != world.size();
  std::vector<double> moved_mean(moves ? size : 0);
  std::vector<double> moved_squares(moved_mean.size());
  double count = 0.0;
  for (std::int64_t chain = 0; chain < chains; ++chain) {
    const std::int64_t local = chain - first_chain;
    const bool is_mine = local >= 0 && local < static_cast<std::int64_t>(moments.size());
    const Moments* own = is_mine ? moments[static_cast<std::size_t>(local)] : nullptr;
    const double* mean = own != nullptr ? own->mean().data() : nullptr;
    const double* squares = own != nullptr ? own->squares().data() : nullptr;
    if (moves) {
      std::vector<grid::Box> from;
      for (int rank = 0; rank < world.size(); ++rank) {
        const std::int64_t* box = &all[8 * static_cast<std::size_t>(rank)];
        const bool has_chain = box[6] <= chain && chain < box[7];
        from.push_back(has_chain ? grid::Box{{box[0], box[1], box[2]}, {box[3], box[4], box[5]}} : grid::Box{});
      }
      const grid::Redistribution redistribution(world, from, to, 1);
      for (int c = 0; c < components; ++c) {
        const std::size_t offset = cells * static_cast<std::size_t>(c);
        redistribution.move(own != nullptr ? own->mean().component(c) : nullptr, moved_mean.data() + offset);
        redistribution.move(own != nullptr ? own->squares().component(c) : nullptr, moved_squares.data() + offset);
      }
      mean = moved_mean.data();
      squares = moved_squares.data();
    }
    // All chains have as many draws: they advance in lockstep.
    const double n = static_cast<double>(world.max(own != nullptr ? own->count() : 0));
    if (n == 0.0) continue;
    for (std::size_t i = 0; i < size; ++i) {
      const double difference = mean[i] - total.mean[i];
      total.mean[i] += difference * (n / (count + n));
      total.std[i] += squares[i] + difference * difference * (count * n / (count + n));
    }
    count += n;
  }
  for (double& value : total.std) value = count > 1.0 ? std::sqrt(value / (count - 1.0)) : 0.0;
  return total;
}

}  // namespace scorefield::run
