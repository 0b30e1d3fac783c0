#pragma once
/// Spins.

#include <optional>
#include <string>
#include <vector>

#include "model/components.hpp"
#include "model/symbol_target.hpp"

namespace scorefield::physics {

struct BoundaryOptions {
  std::optional<std::vector<std::string>> boundaries;
};

struct IsingOptions : BoundaryOptions {
  double temperature = 1.0;
  std::optional<std::vector<double>> couplings;
  double field = 0.0;
  deck::FilePath file;
  std::string dataset = "field";
};

/// By internal axis (z, y, x), of a word for each of the user's axes.
[[nodiscard]] std::array<bool, 3> open_axes(const std::optional<std::vector<std::string>>& boundaries,
                                            const grid::Lattice& lattice);

/// Adds the option `boundaries`.
template <class Options>
deck::Schema<Options> with_boundaries(deck::Schema<Options> schema) {
  schema.option("boundaries", &Options::boundaries,
                {.doc = "periodic or open, for each axis, slow to fast",
                 .choices = {"periodic", "open"},
                 .auto_doc = "all periodic"});
  return schema;
}

/// E = -(1 / T) [ sum_<ij> J_axis s_i s_j + sum_i (h + h_i) s_i ] with spins s = 2 symbol - 1, in 1-D to 3-D; bonds to
/// the next cell along each axis.
class Ising final : public model::SymbolTarget, public model::ClusterBonds {
 public:
  using Options = IsingOptions;
  static deck::Schema<Options> schema();
  Ising(const Options& options, const model::BuildContext& context);
  /// With these h_i / T in place of a file's, for targets that are Ising models in a field of their own.
  Ising(const Options& options, const model::BuildContext& context, grid::Field map);
  static model::Footprint footprint(const Options& options, const model::Components& /*components*/) {
    return {.real_fields = options.file.empty() ? 0.0 : 1.0};
  }

  [[nodiscard]] int symbols() const override { return 2; }
  [[nodiscard]] std::array<bool, 3> is_open() const override { return is_open_; }
  [[nodiscard]] const grid::Field* map() const override { return map_.components() > 0 ? &map_ : nullptr; }
  void changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const override;
  [[nodiscard]] double energy(const model::SymbolRow& row) const override;

  [[nodiscard]] const model::ClusterBonds* cluster_bonds() const override { return this; }
  [[nodiscard]] double coupling(int axis) const override { return 2.0 * couplings_[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] double pull(const model::SymbolRow& row, std::int64_t cell) const override;
  [[nodiscard]] std::optional<double> uniform_pull() const override {
    return map_.components() > 0 ? std::nullopt : std::optional(2.0 * field_);
  }

  /// Spins -1 and 1 are what users see.
  [[nodiscard]] bool is_transformed() const override { return true; }
  void physical(model::DualField& state, model::DualField& out) override;

 private:
  /// h_i / T of a row's cells, but for the uniform part; nullptr where there is none.
  [[nodiscard]] const double* map_of(const model::SymbolRow& row) const {
    if (row.map != nullptr) return row.map;
    return map_.components() > 0 ? map_.data() + row.local : nullptr;
  }
  /// h_i / T of a cell.
  [[nodiscard]] double field_at(const model::SymbolRow& row, std::int64_t cell) const {
    const double* map = map_of(row);
    return map != nullptr ? field_ + map[cell] : field_;
  }

  std::array<double, 3> couplings_{0.0, 0.0, 0.0};  // J / T along z, y, x
  double field_;                                    // h / T
  grid::Field map_;                                 // h_i / T; none where there is no file
  std::array<bool, 3> is_open_;
};

}  // namespace scorefield::physics
