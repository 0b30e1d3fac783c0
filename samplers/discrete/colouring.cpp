#include "samplers/discrete/colouring.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"

namespace scorefield::samplers {

void check_axes(const grid::Lattice& lattice, const model::SymbolEnergy& energy) {
  if (energy.reach() != model::SymbolEnergy::everywhere || lattice.axes().size() == 1) return;
  throw base::DeckError("this target ties any symbol to any other: its domain has one axis",
                        fmt::format("write domain.shape: [{}]", lattice.sites()));
}

namespace {

std::int64_t period_of(const grid::Lattice& lattice, const model::SymbolEnergy& energy) {
  check_axes(lattice, energy);
  return energy.reach() != model::SymbolEnergy::everywhere ? energy.reach() + 1 : lattice.sites();
}

}  // namespace

Colouring::Colouring(const grid::Lattice& lattice, const model::SymbolEnergy& energy)
    : n_(lattice.n()), period_(period_of(lattice, energy)), is_axis_only_(energy.is_axis_only()), colours_(1) {
  const auto is_open = energy.is_open();
  for (const int axis : lattice.axes()) {
    const std::int64_t n = n_[static_cast<std::size_t>(axis)];
    if (n == 1) continue;
    if (!is_axis_only_) colours_ *= static_cast<int>(period_);
    if (is_open[static_cast<std::size_t>(axis)] || n % period_ == 0) continue;
    throw base::DeckError(
        fmt::format("an axis of {} cells cannot carry {} colours: periodic axes must be multiples of "
                    "{} cells long, {} or {}",
                    n, period_, period_, std::max(period_, n - n % period_), n - n % period_ + period_),
        "change domain.shape, or make that axis open by target.boundaries");
  }
  if (is_axis_only_) colours_ = static_cast<int>(period_);
}

std::int64_t Colouring::first(std::int64_t z, std::int64_t y, int colour) const {
  if (is_axis_only_) {
    const std::int64_t x = grid::wrap(colour - z - y, period_);
    return n_[2] > 1 || x == 0 ? x : n_[2];
  }
  std::int64_t rest = colour;
  const auto matches = [&](std::int64_t index, std::int64_t n) {
    if (n == 1) return true;
    const std::int64_t wanted = rest % period_;
    rest /= period_;
    return index % period_ == wanted;
  };
  if (!matches(z, n_[0]) || !matches(y, n_[1])) return n_[2];
  return n_[2] > 1 ? rest % period_ : 0;
}

}  // namespace scorefield::samplers
