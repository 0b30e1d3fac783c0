#pragma once
/// One-dimensional transforms of single lines, the only ones from which the distributed FFT is built.

#include <complex>
#include <cstdint>
#include <memory>

namespace scorefield::grid {

/// Unnormalised 1-D transforms of length n, one line at a time, always by one and the same FFTW plan.
///
/// A line passes through the same sequence of operations on whichever rank it lies, so its bits do not depend on the
/// decomposition; batched or multi-dimensional plans give no such promise (their choice depends on how many lines a
/// rank has). Plans are FFTW_ESTIMATE only: plans chosen by timing change the bits from run to run. All pointers must
/// be aligned to 16 bytes; input and output are different memory.
class LineFft {
 public:
  explicit LineFft(std::int64_t n);
  ~LineFft();
  LineFft(const LineFft&) = delete;
  LineFft& operator=(const LineFft&) = delete;

  [[nodiscard]] std::int64_t size() const { return n_; }
  /// n complex values to n complex values; the input is kept.
  void forward(const std::complex<double>* in, std::complex<double>* out) const;
  void backward(const std::complex<double>* in, std::complex<double>* out) const;
  /// n real values to n / 2 + 1 complex ones; the input is kept. `in` may have any alignment.
  void real_to_complex(const double* in, std::complex<double>* out) const;
  /// n / 2 + 1 complex values to n real ones; the input is destroyed. `out` may have any alignment.
  void complex_to_real(std::complex<double>* in, double* out) const;

 private:
  struct Plans;
  std::int64_t n_;
  std::unique_ptr<Plans> plans_;
};

}  // namespace scorefield::grid
