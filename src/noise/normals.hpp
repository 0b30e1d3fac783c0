#pragma once
/// Standard normal random numbers, the same bits in scalar and vector code and on any decomposition.

#include <cstdint>
#include <vector>

#include "grid/field.hpp"
#include "noise/stream.hpp"

namespace scorefield::noise {

/// Two independent standard normals for each site first .. first + count - 1, by Philox4x32-10 and Box-Muller with our
/// own polynomials (no libm call: its scalar and vector versions differ).
void normal_pairs(const Stream& stream, std::uint64_t first, std::int64_t count, double* a, double* b);

/// White noise of unit variance, keyed by global site: row (component, z, y) takes one pair for cells x and x +
/// (n+1)/2.
class WhiteRows {
 public:
  /// `lattice` must outlive this.
  WhiteRows(const grid::Lattice& lattice, const Stream& stream);
  void row(std::int64_t component, std::int64_t z, std::int64_t y, double* x);

 private:
  const grid::Lattice* lattice_;
  Stream stream_;
  std::vector<double> a_, b_;
};

/// All rows of all components.
void fill_white(const grid::Domain& domain, const Stream& stream, const grid::Field& field);

/// Modes z(k) of white noise, normalised to <|z|^2> = 1 and Hermitian: sqrt(N) z are the modes of a real white field of
/// unit variance. Keyed by wavevector, so that a finer grid has the same large-scale modes.
class WhiteModes {
 public:
  /// `lattice` must outlive this.
  WhiteModes(const grid::Lattice& lattice, const Stream& stream, int component = 0);
  /// Writes all of line (y, kx) of z.
  void row(grid::SpectralRow row, base::Complex* z);

 private:
  void pairs_of_row(std::int64_t my, std::int64_t mx);

  const grid::Lattice* lattice_;
  Stream stream_;
  int component_;
  std::vector<double> a_, b_;  // one pair for each z
};

/// z(k) of all lines of all components.
void fill_white(const grid::Domain& domain, const Stream& stream, const grid::SpectralField& field);

}  // namespace scorefield::noise
