#include "physics/discrete/bonds.hpp"

#include <algorithm>

#include "model/symbol_rows.hpp"

namespace scorefield::physics {

namespace {

/// gain[i] += neighbours of cell i on both sides that equal `now` less those that equal `old`.
template <class Step>
void count_neighbours(const std::uint8_t* at, std::int64_t stride, Step step, std::int64_t count,
                      const std::uint8_t* old, const std::uint8_t* now, std::int8_t* __restrict gain) {
  const std::uint8_t* before = at - stride;
  const std::uint8_t* after = at + stride;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint8_t a = before[i * step];
    const std::uint8_t b = after[i * step];
    const int more = static_cast<int>(a == now[i]) + static_cast<int>(b == now[i]);
    const int less = static_cast<int>(a == old[i]) + static_cast<int>(b == old[i]);
    gain[i] = static_cast<std::int8_t>(gain[i] + more - less);
  }
}

}  // namespace

void add_bond_changes(const std::array<double, 3>& couplings, const model::SymbolRow& row, const std::uint8_t* proposed,
                      double* change) {
  std::array<std::uint8_t, model::cells_at_once> old;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below
  std::array<std::int8_t, model::cells_at_once> gain;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (std::int64_t done = 0; done < row.count; done += model::cells_at_once) {
    model::SymbolRow part = row;
    part.first = row.cell(done);
    part.count = std::min(model::cells_at_once, row.count - done);
    model::gather(part, part.at, old.data());
    // Axes of one coupling count together: the fewer loops in floating point, the better.
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double coupling = couplings[axis];
      const auto* first_alike = std::find(couplings.begin(), couplings.end(), coupling);
      if (coupling == 0.0 || first_alike != couplings.begin() + axis) continue;
      std::fill_n(gain.begin(), part.count, std::int8_t{0});
      for (std::size_t alike = axis; alike < 3; ++alike) {
        if (couplings[alike] != coupling) continue;
        model::with_step(part.step, [&](auto step) {
          count_neighbours(part.at + part.first, part.strides[alike], step, part.count, old.data(), proposed + done,
                           gain.data());
        });
      }
      double* const out = change + done;
      for (std::int64_t i = 0; i < part.count; ++i) out[i] -= coupling * gain[static_cast<std::size_t>(i)];
    }
  }
}

}  // namespace scorefield::physics
