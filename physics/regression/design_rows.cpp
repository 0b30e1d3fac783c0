#include "physics/regression/design_rows.hpp"

namespace scorefield::physics {

DesignRows::DesignRows(base::Comm comm, const std::vector<std::vector<double>>& design,
                       const std::vector<std::vector<double>>& data)
    : comm_(std::move(comm)),
      rows_(static_cast<std::int64_t>(data.front().size())),
      coefficients_(design.size()),
      columns_(data.size()) {
  const auto size = static_cast<std::size_t>(comm_.size());
  const auto rank = static_cast<std::size_t>(comm_.rank());
  const std::size_t all = data.front().size();
  const std::size_t blocks = (all + block - 1) / block;
  const std::size_t begin = std::min(all, blocks * rank / size * block);
  const std::size_t end = std::min(all, blocks * (rank + 1) / size * block);
  own_rows_ = end - begin;
  for (std::size_t row = begin; row < end; ++row) {
    for (const auto& column : design) design_.push_back(column[row]);
    for (const auto& column : data) data_.push_back(column[row]);
  }
}

std::vector<std::vector<double>> design_matrix(const DataTable& table, const std::vector<std::string>& predictors,
                                               bool centre) {
  std::vector<std::vector<double>> design;
  design.reserve(predictors.size());
  for (const std::string& term : predictors) design.push_back(design_column(table, term, centre));
  return design;
}

}  // namespace scorefield::physics
