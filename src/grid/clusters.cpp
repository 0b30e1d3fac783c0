#include "grid/clusters.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace scorefield::grid {

Clusters::Clusters(const Domain& domain)
    : comm_(domain.comm()),
      n_(domain.lattice().n()),
      box_(domain.real_box()),
      ghosts_(domain, 1, 1),
      labels_(domain, "clusters"),
      parent_(static_cast<std::size_t>(box_.size())) {
  clear();
}

void Clusters::clear() {
  std::iota(parent_.begin(), parent_.end(), 0);
  links_.clear();
}

std::int64_t Clusters::root(std::int64_t cell) {
  while (parent_[static_cast<std::size_t>(cell)] != cell) {
    std::int64_t& parent = parent_[static_cast<std::size_t>(cell)];
    parent = parent_[static_cast<std::size_t>(parent)];
    cell = parent;
  }
  return cell;
}

void Clusters::join_cells(std::int64_t a, std::int64_t b) {
  const std::int64_t first = root(a);
  const std::int64_t second = root(b);
  parent_[static_cast<std::size_t>(std::max(first, second))] = std::min(first, second);
}

void Clusters::label(const std::function<bool(std::int64_t)>& is_held) {
  double* labels = labels_.data();
  // Own cells in order are also in order of their global index: the root is the smallest.
  for (std::int64_t cell = 0; cell < labels_.size(); ++cell) {
    const std::int64_t row = cell / n_[2];
    const std::int64_t ny = box_.extent(1);
    const std::int64_t global_row = (row / ny + box_.lo[0]) * n_[1] + row % ny + box_.lo[1];
    labels[cell] = static_cast<double>(global_row * n_[2] + cell % n_[2]);
  }
  for (std::int64_t cell = 0; is_held && cell < labels_.size(); ++cell) {
    if (is_held(cell)) labels[root(cell)] = held;
  }
  for (std::int64_t is_changed = 1; is_changed != 0;) {
    for (std::int64_t cell = 0; cell < labels_.size(); ++cell) labels[cell] = labels[root(cell)];
    const GhostRows::Rows rows = ghosts_.exchange(labels_);
    is_changed = 0;
    for (const Link& link : links_) {
      double& own = labels[root(link.cell)];
      const double other = rows(0, link.z, link.y)[link.x];
      if (!(other < own)) continue;
      own = other;
      is_changed = 1;
    }
    is_changed = comm_.max(is_changed);
  }
}

std::vector<std::int64_t> Clusters::sizes() {
  std::vector<std::int64_t> cells(parent_.size(), 0);
  for (std::int64_t cell = 0; cell < labels_.size(); ++cell) ++cells[static_cast<std::size_t>(root(cell))];
  // Parts of clusters that other ranks have parts of, to whom adds them up: label and cells.
  const auto ranks = static_cast<std::size_t>(comm_.size());
  std::vector<std::vector<std::int64_t>> parts(ranks);
  for (const Link& link : links_) {
    std::int64_t& part = cells[static_cast<std::size_t>(root(link.cell))];
    const double label = labels_.data()[link.cell];
    if (part == 0 || label == held) continue;
    const auto number = static_cast<std::int64_t>(label);
    std::vector<std::int64_t>& to = parts[static_cast<std::size_t>(number) % ranks];
    to.insert(to.end(), {number, part});
    part = 0;
  }
  std::vector<std::int64_t> sizes;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    if (cells[cell] > 0 && labels_.data()[cell] != held) sizes.push_back(cells[cell]);
  }
  std::map<std::int64_t, std::int64_t> joint;
  const std::vector<std::int64_t> received = comm_.exchange(parts);
  for (std::size_t i = 0; i < received.size(); i += 2) joint[received[i]] += received[i + 1];
  for (const auto& [label, size] : joint) sizes.push_back(size);
  return sizes;
}

}  // namespace scorefield::grid
