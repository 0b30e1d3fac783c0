#pragma once
/// A field in one space alone, as plain doubles: momenta and gradients, which samplers compute with.

#include <string>

#include "grid/field.hpp"

namespace scorefield::model {

/// Where an operation is diagonal.
enum class Space { real, fourier };

/// Values (component, z, y, x), or modes (component, y, kx, z) as pairs of doubles. Copies share memory, as Views do.
class Vector {
 public:
  Vector() = default;
  Vector(const grid::Domain& domain, const std::string& label, int components, Space space) : space_(space) {
    if (space == Space::real) {
      real_ = grid::Field(domain, label, components);
    } else {
      fourier_ = grid::SpectralField(domain, label, components);
    }
  }

  [[nodiscard]] Space space() const { return space_; }
  [[nodiscard]] double* data() const {
    return space_ == Space::real ? real_.data() : reinterpret_cast<double*>(fourier_.data());
  }
  [[nodiscard]] const grid::Field& real() const { return real_; }
  [[nodiscard]] const grid::SpectralField& fourier() const { return fourier_; }
  [[nodiscard]] std::int64_t size() const { return space_ == Space::real ? real_.size() : 2 * fourier_.size(); }
  void copy_from(const Vector& other) const {
    space_ == Space::real ? real_.copy_from(other.real_) : fourier_.copy_from(other.fourier_);
  }

 private:
  friend class DualField;
  friend class DualSum;
  Space space_ = Space::real;
  grid::Field real_;
  grid::SpectralField fourier_;
};

}  // namespace scorefield::model
