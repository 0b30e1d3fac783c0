#pragma once
/// Distributed real-to-complex FFT with the same bits on any number of ranks.

#include <complex>
#include <cstdint>
#include <vector>

#include "base/mpi.hpp"
#include "grid/line_fft.hpp"
#include "grid/partition.hpp"
#include "grid/redistribute.hpp"

namespace scorefield::grid {

/// Discrete Fourier transform of a lattice: xhat(k) = sum_x x exp(-i k x), unnormalised; backward divides by the number of
/// sites, so that backward(forward(x)) = x. Adjoint under sum_x: <y, backward(s)> = (1/N) sum_k w_k conj(yhat) s.
///
/// Layouts are those of Partition: real space (z, y, x) and spectra (y, kx, z), kx = 0..n/2, both in C order. Transforms
/// go line by line through LineFft, x then y then z, with one exchange between y and z (and one more between x and y
/// where real space is split into pencils); packing for the exchange is part of gathering and scattering lines.
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
  /// Where the elements of lines along one axis lie in an exchange buffer, for one range of kx.
  struct Segment {
    std::int64_t lo, hi;  ///< range of the line index
    std::int64_t base, line_stride, other_stride;
  };
  struct Part {
    std::int64_t kx_lo, kx_hi;
    std::vector<Segment> segments;
  };
  static std::vector<Part> parts_of(const std::vector<Box>& boxes, int line_axis);

  void plane_to_blocks(const std::complex<double>* plane, std::int64_t z);
  void blocks_to_plane(std::complex<double>* plane, std::int64_t z);
  void blocks_to_lines(std::complex<double>* spectrum);
  void lines_to_blocks(const std::complex<double>* spectrum);

  Index3 n_;
  std::int64_t half_;
  double scale_;
  bool is_slab_;
  Box real_, middle_box_, spectral_;
  Redistribution to_middle_, to_half_, to_spectral_, from_spectral_;
  std::vector<Part> y_parts_, z_parts_;
  LineFft x_, y_, z_;
  std::vector<std::complex<double>> lines_in_, lines_out_, plane_, middle_, y_blocks_, z_blocks_own_;
  std::complex<double>* z_blocks_;  // the same memory as y_blocks_ on one rank
};

}  // namespace scorefield::grid
