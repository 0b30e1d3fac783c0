#pragma once
/// Fields on a domain: real values with a halo, and spectra.

#include <cstdint>
#include <string>

#include "base/kokkos_compat.hpp"
#include "grid/domain.hpp"

namespace scorefield::grid {

/// Real values (component, z, y, x) on this rank's box, in C order, with `halo` further cells on both sides of every
/// axis of the lattice (the dummy axes of 1-D and 2-D have none). Zero at construction. Copies share memory, as Kokkos
/// Views do; use copy_from for values.
class Field {
 public:
  Field() = default;
  Field(const Domain& domain, const std::string& label, int components = 1, int halo = 0);

  [[nodiscard]] const base::RealView& view() const { return view_; }
  [[nodiscard]] int components() const { return static_cast<int>(view_.extent(0)); }
  [[nodiscard]] const Box& box() const { return box_; }
  /// Halo width along an axis.
  [[nodiscard]] std::int64_t halo(int axis) const { return halo_[axis]; }

  /// Rows of x over all components: without halo they follow each other in memory, row r at data() + r * row_length().
  [[nodiscard]] std::int64_t rows() const { return components() * box_.extent(0) * box_.extent(1); }
  [[nodiscard]] std::int64_t row_length() const { return static_cast<std::int64_t>(view_.extent(3)) - 2 * halo_[2]; }
  [[nodiscard]] std::int64_t size() const { return rows() * row_length(); }
  [[nodiscard]] double* data() const { return view_.data(); }
  /// Values of one component; without halo.
  [[nodiscard]] double* component(int c) const { return view_.data() + c * box_.size(); }

  void fill(double value) const { Kokkos::deep_copy(view_, value); }
  void copy_from(const Field& other) const { Kokkos::deep_copy(view_, other.view_); }

 private:
  base::RealView view_;
  Box box_;
  Index3 halo_{0, 0, 0};
};

/// Complex values (component, y, kx, z) on this rank's spectral box, in C order: lines of z are contiguous. Zero at
/// construction. Copies share memory.
class SpectralField {
 public:
  SpectralField() = default;
  SpectralField(const Domain& domain, const std::string& label, int components = 1);

  [[nodiscard]] const base::ComplexView& view() const { return view_; }
  [[nodiscard]] int components() const { return static_cast<int>(view_.extent(0)); }
  [[nodiscard]] const Box& box() const { return box_; }
  /// Lines of z over all components, one after the other in memory.
  [[nodiscard]] std::int64_t rows() const { return components() * box_.extent(1) * box_.extent(2); }
  [[nodiscard]] std::int64_t row_length() const { return static_cast<std::int64_t>(view_.extent(3)); }
  [[nodiscard]] std::int64_t size() const { return rows() * row_length(); }
  [[nodiscard]] base::Complex* data() const { return view_.data(); }
  [[nodiscard]] base::Complex* component(int c) const { return view_.data() + c * box_.size(); }

  void fill(double value) const { Kokkos::deep_copy(view_, base::Complex(value, 0.0)); }
  void copy_from(const SpectralField& other) const { Kokkos::deep_copy(view_, other.view_); }

 private:
  base::ComplexView view_;
  Box box_;
};

/// Line r of a spectrum (within one component): its FFT indices along y and kx.
struct SpectralRow {
  std::int64_t y, kx;
};
[[nodiscard]] inline SpectralRow spectral_row(const Box& box, std::int64_t row) {
  const std::int64_t in_component = row % (box.extent(1) * box.extent(2));
  return {box.lo[1] + in_component / box.extent(2), box.lo[2] + in_component % box.extent(2)};
}

/// Collective. All components, see Fft.
void forward(const Domain& domain, const Field& real, const SpectralField& spectrum);
void backward(const Domain& domain, const SpectralField& spectrum, const Field& real);

}  // namespace scorefield::grid
