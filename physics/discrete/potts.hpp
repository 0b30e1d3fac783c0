#pragma once
/// Symbols that favour equal neighbours.

#include "physics/discrete/ising.hpp"

namespace scorefield::physics {

struct PottsOptions : BoundaryOptions {
  std::int64_t symbols = 3;
  double temperature = 1.0;
  double coupling = 1.0;
  std::optional<std::vector<double>> field;
};

/// E = -(1 / T) [ J sum_<ij> delta(s_i, s_j) + sum_i h(s_i) ] with symbols s = 0 .. q - 1, in 1-D to 3-D (Wu 1982).
class Potts final : public model::SymbolTarget, public model::ClusterBonds {
 public:
  using Options = PottsOptions;
  static deck::Schema<Options> schema();
  Potts(const Options& options, const model::BuildContext& context);

  [[nodiscard]] int symbols() const override { return symbols_; }
  [[nodiscard]] std::array<bool, 3> is_open() const override { return is_open_; }
  void changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const override;
  [[nodiscard]] double energy(const model::SymbolRow& row) const override;

  /// Without a field, and for favoured equal symbols alone: clusters of more than two symbols know no others.
  [[nodiscard]] const model::ClusterBonds* cluster_bonds() const override;
  [[nodiscard]] double coupling(int axis) const override { return couplings_[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] double pull(const model::SymbolRow& /*row*/, std::int64_t /*cell*/) const override { return 0.0; }
  [[nodiscard]] std::optional<double> uniform_pull() const override { return 0.0; }

 private:
  int symbols_;
  std::array<double, 3> couplings_{0.0, 0.0, 0.0};  // J / T along z, y, x; 0 along dummy axes
  std::vector<double> field_;                       // h / T of each symbol
  std::array<bool, 3> is_open_;
};

}  // namespace scorefield::physics
