#pragma once
/// Rows of symbols as vector units like them: one after the other.

#include <bit>
#include <cstring>

#include "model/symbol_energy.hpp"

namespace scorefield::model {

/// Cells that are best worked out at once: what is drawn and found for them stays in the first cache.
constexpr std::int64_t cells_at_once = 256;

/// Calls action(n) with n = `step`, known to the compiler where it is 1 or 2: loops over such steps vectorise.
template <class Action>
void with_step(std::int64_t step, const Action& action) {
  if (step == 1) return action(std::integral_constant<std::int64_t, 1>{});
  if (step == 2) return action(std::integral_constant<std::int64_t, 2>{});
  action(step);
}

/// Copies the cells of `row` of an array laid out as the row is (cell 0 at `from`), one after the other.
inline void gather(const SymbolRow& row, const std::uint8_t* from, std::uint8_t* __restrict to) {
  with_step(row.step, [from = from + row.first, to, count = row.count](auto step) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = from[i * step];
  });
}

/// The way back. Behind the last cell of `to` lies another byte; cells between those of the row are written as they are.
inline void scatter(const SymbolRow& row, const std::uint8_t* from, std::uint8_t* __restrict to) {
  const std::int64_t count = row.count;
  const std::int64_t step = row.step;
  to += row.first;
  if (step != 2) {
    for (std::int64_t i = 0; i < count; ++i) to[i * step] = from[i];
    return;
  }
  // Two cells at a time, of which one stays: vector units do not store with gaps.
  constexpr int shift = std::endian::native == std::endian::little ? 0 : 8;
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint16_t pair = 0;
    std::memcpy(&pair, to + 2 * i, sizeof pair);
    pair = static_cast<std::uint16_t>((pair & (0xff00U >> shift)) | static_cast<std::uint32_t>(from[i]) << shift);
    std::memcpy(to + 2 * i, &pair, sizeof pair);
  }
}

}  // namespace scorefield::model
