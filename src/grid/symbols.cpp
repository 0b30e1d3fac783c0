#include "grid/symbols.hpp"

#include <algorithm>

namespace scorefield::grid {

namespace {
constexpr std::int64_t word = sizeof(double);
std::int64_t words_of(std::int64_t bytes) { return (bytes + word - 1) / word; }
}  // namespace

SymbolField::SymbolField(const Domain& domain, int reach, const std::array<bool, 3>& is_open)
    : n_(domain.lattice().n()),
      box_(domain.real_box()),
      is_open_(is_open),
      length_(n_[2]),
      row_bytes_(word * words_of(length_) + 2 * most_reach),
      ghosts_(domain, 1, reach, words_of(length_)) {
  for (std::size_t axis = 0; axis < 3; ++axis) halo_[axis] = n_[axis] > 1 ? reach : 0;
  halo_[2] = std::min(halo_[2], most_reach);
  strides_ = {n_[0] > 1 ? (box_.extent(1) + 2 * halo_[1]) * row_bytes_ : 0, n_[1] > 1 ? row_bytes_ : 0,
              n_[2] > 1 ? 1 : 0};
  const std::int64_t rows = box_.empty() ? 0 : (box_.extent(0) + 2 * halo_[0]) * (box_.extent(1) + 2 * halo_[1]);
  words_.assign(static_cast<std::size_t>(rows * row_bytes_ / word), 0.0);
}

void SymbolField::exchange() {
  const std::int64_t ny = std::max<std::int64_t>(1, box_.extent(1));
  if (ghosts_.comm_.size() > 1) {
    ghosts_.fetch([&](int, std::int64_t own) { return reinterpret_cast<const double*>(row(own / ny, own % ny)); });
  }
  if (box_.empty()) return;
  const auto ghosts = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), ghosts_.ghosts_);
  const std::int64_t* entry = ghosts_.table_.data();
  for (std::int64_t z = -halo_[0]; z < box_.extent(0) + halo_[0]; ++z) {
    for (std::int64_t y = -halo_[1]; y < box_.extent(1) + halo_[1]; ++y, ++entry) {
      std::uint8_t* x = row(z, y);
      const bool is_own = z >= 0 && z < box_.extent(0) && y >= 0 && y < box_.extent(1);
      if (is_beyond(0, z) || is_beyond(1, y)) {
        std::fill_n(x - most_reach, row_bytes_, none);
        continue;
      }
      if (!is_own) {
        const auto* from =
            *entry >= 0 ? row(*entry / ny, *entry % ny)
                        : reinterpret_cast<const std::uint8_t*>(ghosts.data() + (-1 - *entry) * words_of(length_));
        std::copy_n(from, length_, x);
      }
      for (std::int64_t i = 1; i <= halo_[2]; ++i) {
        x[-i] = is_open_[2] ? none : x[wrap(-i, length_)];
        x[length_ - 1 + i] = is_open_[2] ? none : x[wrap(length_ - 1 + i, length_)];
      }
    }
  }
}

}  // namespace scorefield::grid
