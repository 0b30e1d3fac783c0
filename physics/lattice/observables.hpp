#pragma once
/// What lattice field theory reads off a configuration: moments of the magnetisation and of the field, correlations.

#include "model/components.hpp"
#include "physics/observables/scalars.hpp"

namespace scorefield::physics {

/// m = sum phi / V (first component).
class Magnetisation final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  Magnetisation(const Options& /*options*/, const model::ObservableContext& context) : domain_(&context.domain) {}
  [[nodiscard]] std::string name() const override { return "magnetisation"; }
  void measure(model::Chain& chain, std::vector<double>& values) override;

 private:
  const grid::Domain* domain_;
};

/// |m|, m^2 and m^4: susceptibility V (<m^2> - <|m|>^2) and Binder cumulant 1 - <m^4> / (3 <m^2>^2) are functions of
/// their means.
class MagnetisationMoments final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  MagnetisationMoments(const Options& /*options*/, const model::ObservableContext& context)
      : domain_(&context.domain) {}
  static std::int64_t values(const Options& /*options*/, const grid::Lattice& /*lattice*/) { return 3; }
  [[nodiscard]] std::string name() const override { return "magnetisation_moments"; }
  [[nodiscard]] std::int64_t size() const override { return 3; }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  /// The exponents 1, 2, 4.
  [[nodiscard]] std::vector<Bins> bins() const override { return {{"magnetisation_moments", {1.0, 2.0, 4.0}, "1"}}; }

 private:
  const grid::Domain* domain_;
};

/// Averages over cells of phi^2 and phi^4 (first component).
class FieldMoments final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  FieldMoments(const Options& /*options*/, const model::ObservableContext& context) : domain_(&context.domain) {}
  static std::int64_t values(const Options& /*options*/, const grid::Lattice& /*lattice*/) { return 2; }
  [[nodiscard]] std::string name() const override { return "field_moments"; }
  [[nodiscard]] std::int64_t size() const override { return 2; }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  /// The exponents 2, 4.
  [[nodiscard]] std::vector<Bins> bins() const override { return {{"field_moments", {2.0, 4.0}, "1"}}; }

 private:
  const grid::Domain* domain_;
};

/// Correlation C(t) = (1/n) sum_s O(s) O(s + t) of the slice averages O(s) along the slowest axis, t = 0 .. n/2; in 1-D
/// the two-point function itself.
class Correlation final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  Correlation(const Options& /*options*/, const model::ObservableContext& context);
  static std::int64_t values(const Options& /*options*/, const grid::Lattice& lattice) {
    return lattice.shape().front() / 2 + 1;
  }
  [[nodiscard]] std::string name() const override { return "correlation"; }
  [[nodiscard]] std::int64_t size() const override { return length_ / 2 + 1; }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  /// The distance t, in cells.
  [[nodiscard]] std::vector<Bins> bins() const override;

 private:
  const grid::Domain* domain_;
  std::int64_t length_;
  std::vector<double> cosines_;  // cos(2 pi i / n)
};

/// x . dE/dx, whose mean is the number of degrees of freedom for every target with vanishing boundary terms: the virial
/// identity, which sees what R-hat cannot.
class Virial final : public model::Observable {
 public:
  using Options = NoOptions;
  static deck::Schema<Options> schema();
  Virial(const Options& /*options*/, const model::ObservableContext& context);
  [[nodiscard]] std::string name() const override { return "virial"; }
  void measure(model::Chain& chain, std::vector<double>& values) override;
  [[nodiscard]] std::vector<double> expected() const override { return {target_->degrees_of_freedom()}; }

 private:
  const grid::Domain* domain_;
  model::Target* target_;
  model::DualSum gradient_;
};

}  // namespace scorefield::physics
