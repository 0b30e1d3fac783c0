#include "grid/halo.hpp"

#include <numeric>

namespace scorefield::grid {

namespace {

std::int64_t wrap(std::int64_t i, std::int64_t n) { return ((i % n) + n) % n; }

std::vector<int> offsets_of(const std::vector<int>& counts) {
  std::vector<int> offsets(counts.size(), 0);
  std::partial_sum(counts.begin(), counts.end() - 1, offsets.begin() + 1);
  return offsets;
}

}  // namespace

Halo::Halo(const Domain& domain, int components, int width) : comm_(domain.comm()) {
  const Index3 n = domain.lattice().n();
  const Box box = domain.real_box();
  const std::int64_t hz = n[0] > 1 ? width : 0;
  const std::int64_t hy = n[1] > 1 ? width : 0;
  const std::int64_t view_rows = box.extent(1) + 2 * hy;

  // Which global row each halo row needs, sorted by owner; owners learn it by one exchange of requests.
  std::vector<std::vector<std::int64_t>> wanted(comm_.size());
  std::vector<std::vector<std::int64_t>> into(comm_.size());
  if (!box.empty()) {
    for (std::int64_t z = -hz; z < box.extent(0) + hz; ++z) {
      for (std::int64_t y = -hy; y < box.extent(1) + hy; ++y) {
        if (z >= 0 && z < box.extent(0) && y >= 0 && y < box.extent(1)) continue;
        const std::int64_t global_z = wrap(box.lo[0] + z, n[0]);
        const std::int64_t global_y = wrap(box.lo[1] + y, n[1]);
        const int owner = domain.partition().real_owner(global_z, global_y);
        wanted[owner].push_back(global_z * n[1] + global_y);
        into[owner].push_back((z + hz) * view_rows + (y + hy));
      }
    }
  }
  std::vector<int> request_counts(comm_.size());
  std::vector<int> answer_counts(comm_.size());
  std::vector<std::int64_t> requests;
  for (int rank = 0; rank < comm_.size(); ++rank) {
    request_counts[rank] = static_cast<int>(wanted[rank].size());
    requests.insert(requests.end(), wanted[rank].begin(), wanted[rank].end());
    receive_rows_.insert(receive_rows_.end(), into[rank].begin(), into[rank].end());
  }
  MPI_Alltoall(request_counts.data(), 1, MPI_INT, answer_counts.data(), 1, MPI_INT, comm_.handle());
  const std::vector<int> request_offsets = offsets_of(request_counts);
  const std::vector<int> answer_offsets = offsets_of(answer_counts);
  send_rows_.resize(static_cast<std::size_t>(answer_offsets.back()) + static_cast<std::size_t>(answer_counts.back()));
  MPI_Alltoallv(requests.data(), request_counts.data(), request_offsets.data(), MPI_INT64_T, send_rows_.data(),
                answer_counts.data(), answer_offsets.data(), MPI_INT64_T, comm_.handle());
  for (std::int64_t& row : send_rows_) {
    row = (row / n[1] - box.lo[0] + hz) * view_rows + (row % n[1] - box.lo[1] + hy);
  }
  const int row_doubles = static_cast<int>(n[2]) * components;
  for (int rank = 0; rank < comm_.size(); ++rank) {
    send_counts_.push_back(answer_counts[rank] * row_doubles);
    receive_counts_.push_back(request_counts[rank] * row_doubles);
  }
  send_offsets_ = offsets_of(send_counts_);
  receive_offsets_ = offsets_of(receive_counts_);
}

void Halo::exchange(const Field& field) const {
  const auto values = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), field.view());
  const std::int64_t n = field.row_length();
  const std::int64_t h = field.halo(2);
  const std::int64_t stride = n + 2 * h;
  const std::int64_t rows_of_component = static_cast<std::int64_t>(values.extent(1) * values.extent(2));
  const auto row_of = [&](int c, std::int64_t row) {
    return values.data() + (c * rows_of_component + row) * stride + h;
  };

  std::vector<double> send, receive(receive_rows_.size() * static_cast<std::size_t>(n * field.components()));
  send.reserve(send_rows_.size() * static_cast<std::size_t>(n * field.components()));
  for (const std::int64_t row : send_rows_) {
    for (int c = 0; c < field.components(); ++c) send.insert(send.end(), row_of(c, row), row_of(c, row) + n);
  }
  MPI_Alltoallv(send.data(), send_counts_.data(), send_offsets_.data(), MPI_DOUBLE, receive.data(),
                receive_counts_.data(), receive_offsets_.data(), MPI_DOUBLE, comm_.handle());
  const double* source = receive.data();
  for (const std::int64_t row : receive_rows_) {
    for (int c = 0; c < field.components(); ++c, source += n) std::copy_n(source, n, row_of(c, row));
  }
  for (int c = 0; c < field.components(); ++c) {
    for (std::int64_t row = 0; row < rows_of_component; ++row) {
      double* x = row_of(c, row);
      for (std::int64_t i = 1; i <= h; ++i) {
        x[-i] = x[wrap(-i, n)];
        x[n - 1 + i] = x[wrap(n - 1 + i, n)];
      }
    }
  }
  Kokkos::deep_copy(field.view(), values);
}

}  // namespace scorefield::grid
