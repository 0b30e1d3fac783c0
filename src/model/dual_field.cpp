#include "model/dual_field.hpp"

#include <utility>

namespace scorefield::model {

void DualField::allocate_real() {
  if (real_.components() == 0) real_ = grid::Field(*domain_, label_, components_);
}

void DualField::allocate_fourier() {
  if (fourier_.components() == 0) fourier_ = grid::SpectralField(*domain_, label_, components_);
}

const grid::Field& DualField::real() {
  if (!has_real_) {
    allocate_real();
    grid::backward(*domain_, fourier_, real_);
    has_real_ = true;
  }
  return real_;
}

const grid::SpectralField& DualField::fourier() {
  if (!has_fourier_) {
    allocate_fourier();
    grid::forward(*domain_, real_, fourier_);
    has_fourier_ = true;
  }
  return fourier_;
}

const grid::Field& DualField::set_real() {
  allocate_real();
  has_real_ = true;
  has_fourier_ = false;
  return real_;
}

const grid::SpectralField& DualField::set_fourier() {
  allocate_fourier();
  has_fourier_ = true;
  has_real_ = false;
  return fourier_;
}

double* DualField::values(Space space) {
  return space == Space::real ? real().data() : reinterpret_cast<double*>(fourier().data());
}

double* DualField::set_values(Space space) {
  return space == Space::real ? set_real().data() : reinterpret_cast<double*>(set_fourier().data());
}

void DualField::copy_from(DualField& other, Space space) {
  if (space == Space::real) {
    set_real().copy_from(other.real());
  } else {
    set_fourier().copy_from(other.fourier());
  }
}

void DualField::copy_to(const Vector& vector) {
  if (vector.space() == Space::real) {
    vector.real().copy_from(real());
  } else {
    vector.fourier().copy_from(fourier());
  }
}

void DualField::exchange(Vector& vector) {
  set_values(vector.space());
  if (vector.space() == Space::real) {
    std::swap(real_, vector.real_);
  } else {
    std::swap(fourier_, vector.fourier_);
  }
}

namespace {

template <class Value>
void add_term(const Value* term, Value* total, std::int64_t size) {
  Kokkos::parallel_for(
      "join real and Fourier terms", base::RowPolicy(0, size),
      KOKKOS_LAMBDA(const std::int64_t i) { total[i] += term[i]; });
}

}  // namespace

DualSum::RealPart DualSum::real_part() {
  const bool fresh = !real_.has_real_;
  real_.allocate_real();
  real_.has_real_ = true;
  return {real_.real_, fresh};
}

DualSum::FourierPart DualSum::fourier_part() {
  const bool fresh = !fourier_.has_fourier_ && !real_.has_real_;
  fourier_.allocate_fourier();
  if (real_.has_real_) fourier();
  fourier_.has_fourier_ = true;
  return {fourier_.fourier_, fresh};
}

const grid::Field& DualSum::real() {
  real_.allocate_real();
  const grid::Field& sum = real_.real_;
  if (fourier_.has_fourier_ && !real_.has_real_) {
    grid::backward(real_.domain(), fourier_.fourier_, sum);
  } else if (fourier_.has_fourier_) {
    if (transformed_real_.components() == 0) {
      transformed_real_ = grid::Field(real_.domain(), "sum", sum.components());
    }
    grid::backward(real_.domain(), fourier_.fourier_, transformed_real_);
    add_term(transformed_real_.data(), sum.data(), sum.size());
  } else if (!real_.has_real_) {
    sum.fill(0.0);
  }
  fourier_.has_fourier_ = false;
  real_.has_real_ = true;
  return sum;
}

const grid::SpectralField& DualSum::fourier() {
  fourier_.allocate_fourier();
  const grid::SpectralField& sum = fourier_.fourier_;
  if (real_.has_real_ && !fourier_.has_fourier_) {
    grid::forward(real_.domain(), real_.real_, sum);
  } else if (real_.has_real_) {
    if (transformed_.components() == 0) transformed_ = grid::SpectralField(real_.domain(), "sum", sum.components());
    grid::forward(real_.domain(), real_.real_, transformed_);
    add_term(transformed_.data(), sum.data(), sum.size());
  } else if (!fourier_.has_fourier_) {
    sum.fill(0.0);
  }
  real_.has_real_ = false;
  fourier_.has_fourier_ = true;
  return sum;
}

void DualSum::scale(double factor) {
  const auto scale_by = [factor](double* values, std::int64_t size) {
    Kokkos::parallel_for(
        "scale", base::RowPolicy(0, size), KOKKOS_LAMBDA(const std::int64_t i) { values[i] *= factor; });
  };
  if (real_.has_real_) scale_by(real_.real_.data(), real_.real_.size());
  if (fourier_.has_fourier_) {
    scale_by(reinterpret_cast<double*>(fourier_.fourier_.data()), 2 * fourier_.fourier_.size());
  }
}

const double* DualSum::values(Space space) {
  return space == Space::real ? real().data() : reinterpret_cast<const double*>(fourier().data());
}

void DualSum::take(Vector& other) {
  if (other.space() == Space::real) {
    real();
    std::swap(real_.real_, other.real_);
  } else {
    fourier();
    std::swap(fourier_.fourier_, other.fourier_);
  }
  clear();
}

}  // namespace scorefield::model
