#pragma once
/// Values of chosen cells.

#include <cstdint>
#include <vector>

#include "model/components.hpp"

namespace scorefield::physics {

struct ProbeOptions {
  std::vector<std::int64_t> cells;
};

/// The state (first component) in chosen cells, by their index in C order: the coefficients of a regression, or single
/// pixels of a map.
class Probe final : public model::Observable {
 public:
  using Options = ProbeOptions;
  static deck::Schema<Options> schema();
  Probe(const Options& options, const model::ObservableContext& context);
  static std::int64_t values(const Options& options, const grid::Lattice& /*lattice*/) {
    return static_cast<std::int64_t>(options.cells.size());
  }

  [[nodiscard]] std::string name() const override { return "probe"; }
  [[nodiscard]] std::string unit() const override { return unit_; }
  [[nodiscard]] std::int64_t size() const override { return static_cast<std::int64_t>(cells_.size()); }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  /// The index of each cell.
  [[nodiscard]] std::vector<Bins> bins() const override;

 private:
  const grid::Domain* domain_;
  std::string unit_;
  std::vector<std::int64_t> cells_;
};

}  // namespace scorefield::physics
