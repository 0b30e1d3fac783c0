#pragma once
/// The rows of a regression, spread over the ranks.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "physics/regression/design.hpp"
#include "reduce/exact_sum.hpp"

namespace scorefield::physics {

/// Rows of a design matrix X with the data that belong to them. Each rank has whole blocks of rows; a block is summed
/// in order and blocks are joined exactly, so that sums have the same bits on any number of ranks.
class DesignRows {
 public:
  /// What a row adds to an energy, and the derivative of that by its linear predictor eta.
  struct Term {
    double energy, slope;
  };

  /// `design` and `data`: columns of all rows, the same on every rank.
  DesignRows(base::Comm comm, const std::vector<std::vector<double>>& design,
             const std::vector<std::vector<double>>& data);

  /// Of all ranks.
  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::size_t coefficients() const { return coefficients_; }

  /// Collective. Sum over rows of term(eta, the row's data) with eta = X beta: its derivative by each coefficient, then
  /// the energy.
  template <class RowTerm>
  [[nodiscard]] std::vector<reduce::ExactSum> sums(const std::vector<double>& beta, const RowTerm& term) const {
    const std::size_t d = coefficients_;
    std::vector<reduce::ExactSum> sums(d + 1);
    std::vector<double> of_block(d + 1);
    for (std::size_t first = 0; first < own_rows_; first += block) {
      std::fill(of_block.begin(), of_block.end(), 0.0);
      for (std::size_t row = first; row < std::min(own_rows_, first + block); ++row) {
        const double* line = design_.data() + row * d;
        double eta = 0.0;
        for (std::size_t j = 0; j < d; ++j) eta += line[j] * beta[j];
        const Term of_row = term(eta, data_.data() + row * columns_);
        of_block[d] += of_row.energy;
        for (std::size_t j = 0; j < d; ++j) of_block[j] += of_row.slope * line[j];
      }
      for (std::size_t j = 0; j <= d; ++j) sums[j].add(of_block[j]);
    }
    reduce::ExactSum::all_reduce(comm_, sums);
    return sums;
  }

 private:
  static constexpr std::size_t block = 64;

  base::Comm comm_;
  std::int64_t rows_;
  std::size_t coefficients_, columns_;
  std::size_t own_rows_ = 0;
  std::vector<double> design_, data_;  // (row, coefficient), (row, column)
};

/// One column for each predictor.
[[nodiscard]] std::vector<std::vector<double>> design_matrix(const DataTable& table,
                                                             const std::vector<std::string>& predictors, bool centre);

}  // namespace scorefield::physics
