#pragma once

#include "grid/clusters.hpp"
#include "physics/discrete/drawn_symbols.hpp"
#include "physics/observables/scalars.hpp"

namespace scorefield::physics {

/// Clusters of equal symbols that are neighbours along axes: their number, the fraction of all cells in the largest
/// one, and the mean size S = sum s^2 / N of the cluster of a cell (Stauffer & Aharony 1994), in cells.
class ClusterSizes final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  ClusterSizes(const Options& /*options*/, const model::ObservableContext& context)
      : symbols_(context, "cluster_sizes"), clusters_(context.domain) {}
  static std::int64_t values(const Options& /*options*/, const grid::Lattice& /*lattice*/) { return 3; }
  /// Labels, parents and sizes.
  static model::Footprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return {.real_fields = 3.2};
  }
  [[nodiscard]] std::string name() const override { return "cluster_sizes"; }
  [[nodiscard]] std::int64_t size() const override { return 3; }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  /// 1 the number, 2 the largest fraction, 3 the mean size.
  [[nodiscard]] std::vector<Bins> bins() const override { return {{"cluster_sizes", {1.0, 2.0, 3.0}, "1"}}; }

 private:
  DrawnSymbols symbols_;
  grid::Clusters clusters_;
};

}  // namespace scorefield::physics
