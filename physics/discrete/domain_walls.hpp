#pragma once

#include "physics/discrete/drawn_symbols.hpp"
#include "physics/observables/scalars.hpp"

namespace scorefield::physics {

/// Fraction of neighbouring pairs whose symbols differ: of all pairs, then of those along each axis, slow to fast. A
/// pair is a cell and the next one along an axis, over the end of a periodic axis too; an axis of one cell has none and
/// gives 0.
class DomainWalls final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  DomainWalls(const Options& /*options*/, const model::ObservableContext& context)
      : symbols_(context, "domain_walls") {}
  static std::int64_t values(const Options& /*options*/, const grid::Lattice& lattice) {
    return 1 + lattice.dimensions();
  }
  [[nodiscard]] std::string name() const override { return "domain_walls"; }
  [[nodiscard]] std::int64_t size() const override { return values({}, symbols_.domain().lattice()); }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  /// 0 for all pairs, then the number of the axis from 1.
  [[nodiscard]] std::vector<Bins> bins() const override;

 private:
  DrawnSymbols symbols_;
};

}  // namespace scorefield::physics
