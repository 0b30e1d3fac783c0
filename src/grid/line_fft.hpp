#pragma once
/// One-dimensional transforms of lines, the only ones from which the distributed FFT is built.
///
/// A line passes through the same sequence of operations on whichever rank it lies and whatever lies beside it, so its
/// bits do not depend on the decomposition. Batched or multi-dimensional plans of a rank's own size give no such
/// promise: their choice depends on how many lines the rank has. Plans are FFTW_ESTIMATE only: plans chosen by timing
/// change the bits from run to run.

#include <complex>
#include <cstdint>
#include <memory>

namespace scorefield::grid {

/// Unnormalised real transforms of length n, one line at a time. Complex pointers must be aligned to 16 bytes; input
/// and output are different memory.
class LineFft {
 public:
  explicit LineFft(std::int64_t n);
  ~LineFft();
  LineFft(const LineFft&) = delete;
  LineFft& operator=(const LineFft&) = delete;

  /// n real values to n / 2 + 1 complex ones; the input is kept. `in` may have any alignment.
  void real_to_complex(const double* in, std::complex<double>* out) const;
  /// n / 2 + 1 complex values to n real ones; the input is destroyed. `out` may have any alignment.
  void complex_to_real(std::complex<double>* in, double* out) const;

 private:
  struct Plans;
  std::int64_t n_;
  std::unique_ptr<Plans> plans_;
};

/// Unnormalised complex transforms of length n of four columns at a time, side by side in the lanes of the processor's
/// vectors. A tile holds the columns interleaved, element (i, c) at 4 i + c; lines are contiguous, one after the other.
///
/// Each column sees the same operations, which construction checks (throws where FFTW's plan breaks it: not seen so
/// far). Unused columns of a tile may hold anything. Pointers must be aligned to 16 bytes; input and output are
/// different memory and the input is kept.
class ColumnFft {
 public:
  static constexpr std::int64_t columns = 4;
  enum class Direction { forward, backward };
  enum class Layout { tile, lines };

  ColumnFft(std::int64_t n, Direction direction, Layout in, Layout out);
  ~ColumnFft();
  ColumnFft(const ColumnFft&) = delete;
  ColumnFft& operator=(const ColumnFft&) = delete;

  void operator()(const std::complex<double>* in, std::complex<double>* out) const;

 private:
  struct Plans;
  std::unique_ptr<Plans> plans_;
};

}  // namespace scorefield::grid
