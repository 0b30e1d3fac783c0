#pragma once

namespace scorefield::model {

/// Arrays that a component holds on a rank at its peak, in numbers of fields of one component; from these `scorefield
/// check` predicts memory. Components state theirs by a static `footprint`, beside the members it counts.
struct Footprint {
  double real_fields = 0.0;
  double spectral_fields = 0.0;  ///< complex
  double diagonal_fields = 0.0;  ///< one double for each mode of the half spectrum

  Footprint& operator+=(const Footprint& other) {
    real_fields += other.real_fields;
    spectral_fields += other.spectral_fields;
    diagonal_fields += other.diagonal_fields;
    return *this;
  }
  friend Footprint operator+(Footprint a, const Footprint& b) { return a += b; }
  friend Footprint operator*(double times, const Footprint& a) {
    return {times * a.real_fields, times * a.spectral_fields, times * a.diagonal_fields};
  }
};

/// Of a sampler or target: what all chains of a rank share, and what each chain adds.
struct ChainFootprint {
  Footprint shared;
  Footprint chain;
};

}  // namespace scorefield::model
