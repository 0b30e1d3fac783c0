#pragma once
/// Fields known in real space, in Fourier space, or both.

#include <string>

#include "grid/field.hpp"
#include "model/vector.hpp"

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

  /// The same by space, as plain doubles.
  double* values(Space space);
  double* set_values(Space space);
  /// For changing values in place: current values, which are then the only ones known.
  double* change(Space space) {
    values(space);
    return set_values(space);
  }
  /// Takes over other's values in this space. Collective where other has yet to compute them.
  void copy_from(DualField& other, Space space);
  /// Copies the values in vector's space to it. Collective where they have yet to be computed.
  void copy_to(const Vector& vector);
  /// Takes vector's values in exchange for memory of any content: no copy.
  void exchange(Vector& vector);

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

  /// The whole sum, in one space or the other. Collective.
  const grid::Field& real();
  const grid::SpectralField& fourier();
  const double* values(Space space);

  /// Multiplies what was added so far.
  void scale(double factor);

  /// Hands out the whole sum, in other's space, in exchange for other's memory: no copy. Collective.
  void take(Vector& other);

 private:
  DualField real_;     // terms added in real space
  DualField fourier_;  // terms added in Fourier space
  // Terms on their way from one space to the other.
  grid::Field transformed_real_;
  grid::SpectralField transformed_;
};

}  // namespace scorefield::model
