#include "grid/packed_spins.hpp"

#include <cstring>

namespace scorefield::grid {

PackedSpins::PackedSpins(const Domain& domain)
    : box_(domain.real_box()),
      halo_{domain.lattice().n()[0] > 1 ? 1 : 0, domain.lattice().n()[1] > 1 ? 1 : 0, 0},
      half_(domain.lattice().n()[2] / 2),
      words_((half_ + 64 * words_at_once - 1) / (64 * words_at_once) * words_at_once),
      ghosts_(domain, 1, 1, 2 * words_),
      own_(static_cast<std::size_t>((box_.empty() ? 0 : box_.extent(0) * box_.extent(1) * 2 * words_) + 2 * margin)),
      around_(ghosts_.ghosts_.span() + 2 * margin),
      staging_(static_cast<std::size_t>(2 * words_)) {}

const std::uint64_t* PackedSpins::row(std::int64_t z, std::int64_t y, std::int64_t parity) const {
  const std::int64_t row = ghosts_.table_.data()[(z + halo_[0]) * (box_.extent(1) + 2 * halo_[1]) + y + halo_[1]];
  const std::uint64_t* begin =
      row >= 0 ? own_.data() + margin + row * 2 * words_ : around_.data() + margin + (-1 - row) * 2 * words_;
  return begin + parity * words_;
}

void PackedSpins::exchange() {
  if (ghosts_.comm_.size() == 1) return;
  const std::size_t bytes = staging_.size() * sizeof(double);
  ghosts_.fetch([&](int, std::int64_t row) {
    std::memcpy(staging_.data(), own_.data() + margin + row * 2 * words_, bytes);
    return staging_.data();
  });
  const auto fetched = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), ghosts_.ghosts_);
  if (fetched.span() > 0) std::memcpy(around_.data() + margin, fetched.data(), fetched.span() * sizeof(double));
}

void PackedSpins::read(const SymbolField& symbols) {
  for (std::int64_t z = 0; z < box_.extent(0) && !box_.empty(); ++z) {
    for (std::int64_t y = 0; y < box_.extent(1); ++y) {
      const std::uint8_t* from = symbols.row(z, y);
      for (std::int64_t parity = 0; parity < 2; ++parity) {
        std::uint64_t* to = own_row(z, y, parity);
        for (std::int64_t w = 0; w < words_; ++w) {
          std::uint64_t word = 0;
          for (std::int64_t i = 64 * w; i < std::min(half_, 64 * (w + 1)); ++i) {
            word |= std::uint64_t{from[2 * i + parity]} << (i - 64 * w);
          }
          to[w] = word;
        }
      }
    }
  }
  exchange();
}

void PackedSpins::write(SymbolField& symbols) const {
  for (std::int64_t z = 0; z < box_.extent(0) && !box_.empty(); ++z) {
    for (std::int64_t y = 0; y < box_.extent(1); ++y) {
      std::uint8_t* to = symbols.row(z, y);
      for (std::int64_t parity = 0; parity < 2; ++parity) {
        const std::uint64_t* from = row(z, y, parity);
        for (std::int64_t i = 0; i < half_; ++i) {
          to[2 * i + parity] = static_cast<std::uint8_t>(from[i / 64] >> (i % 64) & 1U);
        }
      }
    }
  }
}

}  // namespace scorefield::grid
