#pragma once
/// Distributed real-to-complex FFT with the same bits on any number of ranks.

#include <complex>
#include <cstdint>
#include <vector>

#include "base/kokkos_compat.hpp"
#include "base/mpi.hpp"
#include "grid/line_fft.hpp"
#include "grid/partition.hpp"
#include "grid/redistribute.hpp"

namespace scorefield::grid {

/// Discrete Fourier transform of a lattice: xhat(k) = sum_x x exp(-i k x), unnormalised; backward divides by the number
/// of sites, so that backward(forward(x)) = x. Adjoint under sum_x: <y, backward(s)> = (1/N) sum_k w_k conj(yhat) s.
///
/// Layouts are those of Partition: real space (z, y, x) and spectra (y, kx, z), kx = 0..n/2, both in C order.
/// Transforms go row by row through LineFft along x, then four columns at a time through ColumnFft along y and z, with
/// one exchange between y and z (and one more between x and y where real space is split into pencils); packing for the
/// exchange is part of gathering and scattering columns.
class Fft {
 public:
  Fft(const Lattice& lattice, const Partition& partition, const base::Comm& comm);

  /// Collective. `real`: this rank's real box; `spectrum`: this rank's spectral box.
  void forward(const double* real, std::complex<double>* spectrum);
  /// Collective. Does not change `spectrum`. Parts of the kx = 0 and Nyquist planes that no real field has are ignored.
  void backward(const std::complex<double>* spectrum, double* real);

  /// Bytes of work space on the rank with the largest share.
  static std::int64_t bytes(const Lattice& lattice, const Partition& partition);

 private:
  using Complex = std::complex<double>;
  using Buffer = Kokkos::View<Complex*, Kokkos::HostSpace>;  // aligned to cache lines

  /// Where rows of kx lie in an exchange buffer. Blocks, one for each other rank, are in the order (y, z, kx), so that
  /// the planes (z, kx) of one y, from which lines of z are made, are contiguous.
  struct Block {
    Box box;
    std::int64_t base = 0;
    [[nodiscard]] std::int64_t row(std::int64_t z, std::int64_t y) const {
      return base + ((y - box.lo[1]) * box.extent(0) + (z - box.lo[0])) * box.extent(2);
    }
  };
  static std::vector<Block> blocks_of(const std::vector<Box>& boxes);

  /// Transforms the y of a plane (y, kx) whose rows are `distance` apart, in place.
  void transform_y(Complex* plane, std::int64_t distance, const ColumnFft& columns);
  /// A plane of this rank's middle box to the exchange buffer, and back.
  void plane_to_blocks(const Complex* plane, std::int64_t distance, std::int64_t z, Complex* blocks) const;
  void blocks_to_plane(const Complex* blocks, std::int64_t z, Complex* plane, std::int64_t distance) const;
  /// Visits (first kx of the blocks, kx, count) for up to four columns of z at a time.
  template <class Visit>
  void for_z_tiles(Visit visit) const;
  /// Transforms lines of z out of the exchange buffer, and back into it. `spectrum` may be the buffer itself where
  /// there is but one rank.
  void blocks_to_lines(const Complex* blocks, Complex* spectrum);
  void lines_to_blocks(const Complex* spectrum, Complex* blocks);

  Index3 n_;
  std::int64_t half_;
  double scale_;
  bool is_slab_;
  bool is_alone_;  // the only rank
  Box real_, middle_box_, spectral_;
  Redistribution to_middle_, to_half_, to_spectral_, from_spectral_;
  std::vector<Block> y_blocks_, z_blocks_;  // in the buffers of either side of the exchange
  LineFft x_;
  ColumnFft y_forward_, y_backward_, z_forward_, z_backward_;
  std::int64_t row_distance_;  // between the rows of plane_
  Buffer tile_, transformed_;  // four columns of y or z
  Buffer lines_, plane_, middle_, y_buffer_, z_buffer_;
};

}  // namespace scorefield::grid
