#pragma once
/// What all targets of symbols share.

#include "model/symbol_energy.hpp"
#include "model/target.hpp"

namespace scorefield::model {

/// A distribution over lattices of symbols. States are symbols as numbers, 0 to symbols() - 1; samplers that walk them
/// keep bytes. There is no gradient.
class SymbolTarget : public Target, public SymbolEnergy {
 public:
  explicit SymbolTarget(const grid::Domain& domain) : domain_(&domain) {}

  /// Throws std::logic_error for a gradient.
  reduce::ExactSum evaluate(DualField& x, DualSum* gradient) override;
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(domain_->lattice().sites()); }
  [[nodiscard]] const SymbolEnergy* symbol_energy() const override { return this; }
  /// A hot start: independent, uniform symbols.
  void draw_prior(const noise::Stream& stream, DualField& x) override;

 protected:
  [[nodiscard]] const grid::Domain& domain() const { return *domain_; }

 private:
  const grid::Domain* domain_;
};

/// Independent, uniform symbols 0 .. count - 1, as numbers.
void draw_uniform_symbols(const grid::Domain& domain, int count, const noise::Stream& stream, DualField& x);
/// Rows of symbols of this rank, (z, y) by (z, y).
[[nodiscard]] SymbolRow symbol_row(const grid::Domain& domain, const grid::SymbolField& symbols, std::int64_t z,
                                   std::int64_t y);
/// Collective. E of these symbols, whose surroundings are up to date.
[[nodiscard]] reduce::ExactSum symbol_energy(const grid::Domain& domain, const SymbolEnergy& energy,
                                             const grid::SymbolField& symbols);
/// Symbols as numbers, and back. Collective: the surroundings are brought up to date.
void read_symbols(const grid::Field& from, grid::SymbolField& to);
void write_symbols(const grid::SymbolField& from, const grid::Field& to);

}  // namespace scorefield::model
