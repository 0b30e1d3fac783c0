#pragma once
/// The global, periodic lattice and its boxes: sizes, spacings and wavenumbers; nothing of ranks.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace scorefield::grid {

using Index3 = std::array<std::int64_t, 3>;

/// Index i of a periodic axis of n cells, brought into [0, n).
[[nodiscard]] inline std::int64_t wrap(std::int64_t i, std::int64_t n) { return ((i % n) + n) % n; }

/// Half-open box [lo, hi) of lattice indices.
struct Box {
  Index3 lo{0, 0, 0};
  Index3 hi{0, 0, 0};
  [[nodiscard]] std::int64_t extent(int axis) const { return hi[axis] - lo[axis]; }
  [[nodiscard]] std::int64_t size() const { return extent(0) * extent(1) * extent(2); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  friend bool operator==(const Box&, const Box&) = default;
};

/// Common part of two boxes (size 0 where they are disjoint).
[[nodiscard]] Box intersect(const Box& a, const Box& b);

/// Periodic lattice in 1 to 3 dimensions.
///
/// Axes are ordered slow to fast as in C arrays: (z, y, x). Inside the code every lattice has three axes: 2-D is
/// (ny, 1, nx) and 1-D (1, 1, nx), so that one FFT and one halo exchange serve all of them. The fastest axis x is
/// never split over ranks.
///
/// Wavenumbers are k = 2 pi m / L. With `unit` "arcmin" or "degree" lengths are angles and k is per radian, that is the
/// multipole ell of a flat sky; otherwise k is per `unit` (for example h/Mpc).
class Lattice {
 public:
  /// shape and spacing: 1 to 3 entries each, slow to fast. Throws std::invalid_argument on sizes < 1.
  Lattice(const std::vector<std::int64_t>& shape, const std::vector<double>& spacing, std::string unit = "1");

  [[nodiscard]] int dimensions() const { return static_cast<int>(shape_.size()); }
  /// User's shape, slow to fast, 1 to 3 entries.
  [[nodiscard]] const std::vector<std::int64_t>& shape() const { return shape_; }
  [[nodiscard]] const std::vector<double>& spacing() const { return spacing_; }
  [[nodiscard]] const std::string& unit() const { return unit_; }

  /// Internal axis of each of the user's axes, slow to fast: {0, 1, 2}, {0, 2} or {2}.
  [[nodiscard]] const std::vector<int>& axes() const { return axes_; }
  /// Extents of the three internal axes.
  [[nodiscard]] const Index3& n() const { return n_; }
  [[nodiscard]] std::int64_t sites() const { return n_[0] * n_[1] * n_[2]; }
  /// Number of stored wavenumbers along x: n/2 + 1.
  [[nodiscard]] std::int64_t half() const { return n_[2] / 2 + 1; }
  /// Length of internal axis in the unit of 1/k (radian for angles).
  [[nodiscard]] double length(int axis) const { return length_[axis]; }
  /// Volume (area in 2-D) in powers of the unit of 1/k.
  [[nodiscard]] double volume() const { return length_[0] * length_[1] * length_[2]; }
  [[nodiscard]] double cell_volume() const { return volume() / static_cast<double>(sites()); }

  /// Signed mode number of FFT index i along an axis: 0..n/2, then negative; the Nyquist mode is positive.
  [[nodiscard]] std::int64_t mode(int axis, std::int64_t i) const { return 2 * i <= n_[axis] ? i : i - n_[axis]; }
  [[nodiscard]] bool is_nyquist(int axis, std::int64_t i) const { return 2 * i == n_[axis]; }
  /// Wavenumber of FFT index i along an axis; 0 on the dummy axes of 1-D and 2-D.
  [[nodiscard]] double wavenumber(int axis, std::int64_t i) const;
  /// Smallest wavenumber of the longest axis, the bin width of spectra.
  [[nodiscard]] double fundamental() const;
  /// Unit of wavenumbers, for attributes and axis labels: "1" for multipoles, else "1/<unit>" or "h/Mpc".
  [[nodiscard]] std::string wavenumber_unit() const;
  /// Unit of a power spectrum of a field whose own unit is "1".
  [[nodiscard]] std::string power_unit() const;

 private:
  std::vector<std::int64_t> shape_;
  std::vector<double> spacing_;
  std::string unit_;
  std::vector<int> axes_;
  Index3 n_{1, 1, 1};
  std::array<double, 3> length_{1.0, 1.0, 1.0};
};

}  // namespace scorefield::grid
