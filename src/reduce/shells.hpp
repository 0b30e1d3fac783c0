#pragma once
/// Sums over shells of wavenumber with the same bits on any decomposition.

#include <cstdint>
#include <vector>

#include "grid/field.hpp"
#include "reduce/exact_sum.hpp"
#include "reduce/rows.hpp"

namespace scorefield::reduce {

/// |k| of each mode of this rank in the order of SpectralField: (y, kx, z).
[[nodiscard]] std::vector<double> wavenumbers(const grid::Domain& domain);

/// Shells (i - 1/2) w <= |k| < (i + 1/2) w, i = 0, 1, ..., count - 1, of the half spectrum; modes beyond are in none.
class Shells {
 public:
  Shells(const grid::Domain& domain, double width, std::int64_t count);
  /// All modes in shells one fundamental wavenumber wide; wider where there would be more shells than cells
  /// along the longest axis.
  static Shells of_all(const grid::Domain& domain);

  [[nodiscard]] std::int64_t count() const { return count_; }
  /// Of a local mode; -1 for none.
  [[nodiscard]] std::int32_t of_mode(std::size_t mode) const { return shell_[mode]; }
  /// Collective. For each shell the sum over modes of w(k) value(mode), by local index of the mode, where w counts the
  /// modes that the half spectrum leaves out.
  template <class Value>
  [[nodiscard]] std::vector<double> sums(const Value& value) const;

 private:
  const grid::Domain* domain_;
  std::int64_t count_;
  std::vector<std::int32_t> shell_;
};

template <class Value>
std::vector<double> Shells::sums(const Value& value) const {
  const grid::Box& box = domain_->spectral_box();
  const std::int64_t n = domain_->lattice().n()[0];
  std::vector<ExactSum> sums(static_cast<std::size_t>(count_));
  std::vector<double> of_row(sums.size());
  std::size_t mode = 0;
  for (std::int64_t row = 0; row < box.extent(1) * box.extent(2); ++row) {
    // Whole lines of z in a fixed order, then exactly: the same bits on any decomposition.
    std::fill(of_row.begin(), of_row.end(), 0.0);
    for (std::int64_t z = 0; z < n; ++z, ++mode) {
      if (shell_[mode] >= 0) of_row[static_cast<std::size_t>(shell_[mode])] += value(mode);
    }
    const double weight = mode_weight(grid::spectral_row(box, row).kx, domain_->lattice().n()[2]);
    for (std::size_t b = 0; b < of_row.size(); ++b) {
      if (of_row[b] != 0.0) sums[b].add(weight * of_row[b]);
    }
  }
  ExactSum::all_reduce(domain_->comm(), sums);
  std::vector<double> values;
  values.reserve(sums.size());
  for (const auto& sum : sums) values.push_back(sum.value());
  return values;
}

}  // namespace scorefield::reduce
