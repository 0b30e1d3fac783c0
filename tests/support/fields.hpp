#pragma once
/// Values and shapes that tests of distributed fields share.

#include <array>
#include <complex>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "grid/domain.hpp"
#include "grid/field.hpp"
#include "noise/philox.hpp"

namespace scorefield::test {

/// A number in (-1/2, 1/2) that depends on the site alone, so every decomposition can tell what belongs where.
[[nodiscard]] inline double value_at(std::int64_t component, std::int64_t z, std::int64_t y, std::int64_t x) {
  const auto site = static_cast<std::uint64_t>(((component * 1024 + z) * 1024 + y) * 1024 + x);
  return noise::uniform({.seed = 11}, site) - 0.5;
}

[[nodiscard]] inline grid::Domain make_domain(const std::vector<std::int64_t>& shape, const base::Comm& comm,
                                              double spacing = 1.0) {
  return {grid::Lattice(shape, std::vector<double>(shape.size(), spacing)), comm};
}

/// value_at everywhere, away from the halo; `salt` gives further fields.
inline void fill_by_site(const grid::Field& field, std::int64_t salt = 0) {
  const grid::Box& box = field.box();
  for (int c = 0; c < field.components(); ++c) {
    for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z) {
      for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y) {
        for (std::int64_t x = 0; x < field.row_length(); ++x) {
          field.view()(c, z - box.lo[0] + field.halo(0), y - box.lo[1] + field.halo(1), x + field.halo(2)) =
              value_at(c + 8 * salt, z, y, x);
        }
      }
    }
  }
}

/// Whether each value of `part` has the bits that the whole field has at its place.
[[nodiscard]] inline bool same_bits(const grid::Field& part, const grid::Field& whole) {
  const grid::Box& box = part.box();
  for (int c = 0; c < part.components(); ++c) {
    for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z) {
      for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y) {
        if (std::memcmp(&part.view()(c, z - box.lo[0], y - box.lo[1], 0), &whole.view()(c, z, y, 0),
                        static_cast<std::size_t>(part.row_length()) * sizeof(double)) != 0) {
          return false;
        }
      }
    }
  }
  return true;
}
[[nodiscard]] inline bool same_bits(const grid::SpectralField& part, const grid::SpectralField& whole) {
  const grid::Box& box = part.box();
  for (int c = 0; c < part.components(); ++c) {
    for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y) {
      for (std::int64_t kx = box.lo[2]; kx < box.hi[2]; ++kx) {
        if (std::memcmp(&part.view()(c, y - box.lo[1], kx - box.lo[2], 0), &whole.view()(c, y, kx, 0),
                        static_cast<std::size_t>(part.row_length()) * sizeof(base::Complex)) != 0) {
          return false;
        }
      }
    }
  }
  return true;
}
[[nodiscard]] inline bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// 4 x 3 has fewer rows than some runs have ranks; 97 and 101 are prime.
[[nodiscard]] inline std::vector<std::vector<std::int64_t>> shapes() {
  return {{16, 16}, {97, 101}, {30, 42, 35}, {360, 360}, {90, 90, 90}, {4, 3}};
}

[[nodiscard]] inline std::complex<double>* spectrum_data(const grid::SpectralField& s) {
  return reinterpret_cast<std::complex<double>*>(s.data());
}

}  // namespace scorefield::test
