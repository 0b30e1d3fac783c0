#pragma once
/// Fields known in real space, in Fourier space, or both.

#include <string>

#include "grid/field.hpp"

namespace scorefield::model {

/// A field whose other representation is computed when first asked for, and kept until the values change. Targets and
/// operators work in whichever space is natural to them, and no transform is done twice or for nothing.
class DualField {
 public:
  DualField() = default;
  DualField(const grid::Domain& domain, std::string label, int components = 1)
      : domain_(&domain), label_(std::move(label)), components_(components) {}

  [[nodiscard]] const grid::Domain& domain() const { return *domain_; }
  [[nodiscard]] int components() const { return components_; }

  /// Values in real space (z, y, x). Collective unless already known.
  const grid::Field& real();
  /// Unnormalised modes, see grid::Fft. Collective unless already known.
  const grid::SpectralField& fourier();

  /// For writing all values anew; the other representation is forgotten.
  const grid::Field& set_real();
  const grid::SpectralField& set_fourier();

 private:
  friend class DualSum;
  void allocate_real();
  void allocate_fourier();

  const grid::Domain* domain_ = nullptr;
  std::string label_;
  int components_ = 1;
  grid::Field real_;
  grid::SpectralField fourier_;
  bool has_real_ = false;
  bool has_fourier_ = false;
};

/// A sum of terms, some added in real and some in Fourier space; joined when it is read. Gradients are summed in it.
class DualSum {
 public:
  DualSum() = default;
  DualSum(const grid::Domain& domain, const std::string& label, int components = 1)
      : real_(domain, label + " (real)", components), fourier_(domain, label, components) {}

  void clear() { real_.has_real_ = fourier_.has_fourier_ = false; }

  /// Where to add a term. `fresh` tells that there is no value yet: assign, do not add.
  struct RealPart {
    const grid::Field& field;
    bool fresh;
  };
  struct FourierPart {
    const grid::SpectralField& field;
    bool fresh;
  };
  RealPart real_part();
  /// Collective: real terms added so far are transformed first, so that terms join without a further array.
  FourierPart fourier_part();

  /// The whole sum. Collective.
  const grid::SpectralField& fourier();

  /// Hands out the whole sum in exchange for other memory of the same shape, without a copy. Collective.
  void take_fourier(grid::SpectralField& other);

 private:
  DualField real_;     // terms added in real space
  DualField fourier_;  // terms added in Fourier space
  grid::SpectralField transformed_;
};

}  // namespace scorefield::model
