#include "grid/redistribute.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace scorefield::grid {

namespace {

/// Copies the part `box` between a C-ordered array over `whole` and a packed block, row by row.
template <class CopyRow>
void for_each_row(const Box& whole, const Box& box, int values, CopyRow copy_row) {
  const std::int64_t row = box.extent(2) * values;
  std::int64_t packed = 0;
  for (std::int64_t i = box.lo[0]; i < box.hi[0]; ++i) {
    for (std::int64_t j = box.lo[1]; j < box.hi[1]; ++j, packed += row) {
      const std::int64_t start =
          ((i - whole.lo[0]) * whole.extent(1) + (j - whole.lo[1])) * whole.extent(2) + (box.lo[2] - whole.lo[2]);
      copy_row(start * values, packed, row);
    }
  }
}

int to_count(std::int64_t sites) {
  // Counts are in sites (8 or 16 bytes), so a rank may hold 2^31 of them before MPI 3's int counts end.
  if (sites > std::numeric_limits<int>::max()) {
    throw std::length_error("more than 2^31 sites on one rank: use more ranks");
  }
  return static_cast<int>(sites);
}

}  // namespace

Redistribution::Redistribution(base::Comm comm, const std::vector<Box>& from, const std::vector<Box>& to,
                               int values_per_site)
    : comm_(std::move(comm)),
      from_(from[comm_.rank()]),
      to_(to[comm_.rank()]),
      values_per_site_(values_per_site),
      site_type_(values_per_site == 2 ? MPI_C_DOUBLE_COMPLEX : MPI_DOUBLE) {
  if (values_per_site < 1 || values_per_site > 2) throw std::invalid_argument("sites hold 1 or 2 doubles");
  for (int peer = 0; peer < comm_.size(); ++peer) {
    send_boxes_.push_back(intersect(from_, to[peer]));
    receive_boxes_.push_back(intersect(from[peer], to_));
    send_offsets_.push_back(to_count(send_sites_));
    receive_offsets_.push_back(to_count(receive_sites_));
    send_sites_ += send_boxes_.back().size();
    receive_sites_ += receive_boxes_.back().size();
    send_counts_.push_back(to_count(send_boxes_.back().size()));
    receive_counts_.push_back(to_count(receive_boxes_.back().size()));
  }
}

void Redistribution::exchange(const double* send, double* receive) const {
  if (comm_.size() == 1) {
    if (send != receive) std::copy_n(send, send_sites_ * values_per_site_, receive);
    return;
  }
  MPI_Alltoallv(send, send_counts_.data(), send_offsets_.data(), site_type_, receive, receive_counts_.data(),
                receive_offsets_.data(), site_type_, comm_.handle());
}

void Redistribution::move(const double* from, double* to) const {
  const int values = values_per_site_;
  std::vector<double> send(static_cast<std::size_t>(send_sites_ * values));
  std::vector<double> receive(static_cast<std::size_t>(receive_sites_ * values));
  double* block = send.data();
  for (const Box& box : send_boxes_) {
    for_each_row(from_, box, values, [&](std::int64_t start, std::int64_t packed, std::int64_t row) {
      std::copy_n(from + start, row, block + packed);
    });
    block += box.size() * values;
  }
  exchange(send.data(), receive.data());
  const double* source = receive.data();
  for (const Box& box : receive_boxes_) {
    for_each_row(to_, box, values, [&](std::int64_t start, std::int64_t packed, std::int64_t row) {
      std::copy_n(source + packed, row, to + start);
    });
    source += box.size() * values;
  }
}

}  // namespace scorefield::grid
