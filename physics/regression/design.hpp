#pragma once
/// Design matrices of regressions, from tables.

#include <cstdint>
#include <string>
#include <vector>

#include "base/mpi.hpp"

namespace scorefield::physics {

/// Columns of a CSV file with a header line, where lines that begin with # are skipped; or of an HDF5 file, whose root
/// group has a 1-D data set for each column, or a 2-D one (row, column) with an attribute `columns` that names them,
/// with commas between.
struct DataTable {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;

  /// Collective: the root reads. FileError with the place where it is no table of finite numbers.
  static DataTable read(const base::Comm& comm, const std::string& path);
  /// DeckError naming the columns there are.
  [[nodiscard]] const std::vector<double>& column(const std::string& name) const;
  [[nodiscard]] std::int64_t rows() const {
    return columns.empty() ? 0 : static_cast<std::int64_t>(columns.front().size());
  }
};

/// Texts of the options that name a table and its predictors.
inline constexpr const char* table_doc =
    "table of the data: CSV with a header line, or HDF5 with a data set for each column";
inline constexpr const char* predictors_doc =
    "one for each coefficient: '1' (intercept), a column, column/number, or products of these with *";

/// One column of a design: "1" (the intercept), a column, or a product of columns, each of which may be divided by a
/// number: "dist/100", "dist/100*arsenic". With `centre` the mean is taken off each column before products are formed.
[[nodiscard]] std::vector<double> design_column(const DataTable& table, const std::string& term, bool centre);

}  // namespace scorefield::physics
