#pragma once
/// Energies of all states, given one by one.

#include <string>
#include <vector>

#include "model/components.hpp"
#include "model/symbol_target.hpp"

namespace scorefield::physics {

struct EnergyTableOptions {
  std::int64_t symbols = 2;
  std::vector<double> energies;
  deck::FilePath file;
  std::string dataset = "energies";
};

/// E of each of the q^n states of a lattice of one axis with n sites: for tests and for teaching. State k has the
/// digits of k in base q as its symbols, the first site's first, as the words of a dictionary are sorted.
class EnergyTable final : public model::SymbolTarget {
 public:
  using Options = EnergyTableOptions;
  static deck::Schema<Options> schema();
  EnergyTable(const Options& options, const model::BuildContext& context);

  [[nodiscard]] int symbols() const override { return static_cast<int>(symbols_); }
  [[nodiscard]] int reach() const override { return everywhere; }
  [[nodiscard]] std::array<bool, 3> is_open() const override { return {false, false, true}; }
  void changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const override;
  [[nodiscard]] double energy(const model::SymbolRow& row) const override;

 private:
  /// Number of the state of a row.
  [[nodiscard]] std::int64_t state(const std::uint8_t* row) const;

  std::int64_t symbols_, sites_;
  std::vector<double> energies_;
  std::vector<std::int64_t> place_;  // what one more of the symbol at a site adds to the state's number
};

}  // namespace scorefield::physics
