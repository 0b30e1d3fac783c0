#pragma once

#include "io/archive.hpp"
#include "model/chain.hpp"

namespace scorefield::run {

/// Running mean and sum of squared deviations of a field, cell by cell (Welford 1962).
class Moments {
 public:
  Moments() = default;
  Moments(const grid::Domain& domain, int components);
  void add(const grid::Field& x);
  void visit(io::Archive& archive, const grid::Domain& domain);

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] const grid::Field& mean() const { return mean_; }
  [[nodiscard]] const grid::Field& squares() const { return squares_; }

 private:
  std::int64_t count_ = 0;
  grid::Field mean_, squares_;
};

/// Mean and standard deviation over all chains, on this rank's box of the world's decomposition (component, z, y, x).
struct Summary {
  std::vector<double> mean, std;
};

/// Collective over `world`. Merges the moments of all chains in the order of chains (Chan, Golub & LeVeque 1983),
/// whatever the groups of ranks they live on. `domain` is this rank's group's; moments[i] belongs to chain first_chain
/// + i.
Summary merge_moments(const base::Comm& world, const grid::Domain& domain, std::int64_t chains,
                      std::int64_t first_chain, const std::vector<const Moments*>& moments, int components);

}  // namespace scorefield::run
