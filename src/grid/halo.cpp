#include "grid/halo.hpp"

#include <algorithm>
#include <numeric>

namespace scorefield::grid {

namespace {

std::vector<int> offsets_of(const std::vector<int>& counts) {
  std::vector<int> offsets(counts.size(), 0);
  std::partial_sum(counts.begin(), counts.end() - 1, offsets.begin() + 1);
  return offsets;
}

}  // namespace

GhostRows::GhostRows(const Domain& domain, int components, int width, std::optional<std::int64_t> row_doubles)
    : comm_(domain.comm()),
      box_(domain.real_box()),
      halo_z_(domain.lattice().n()[0] > 1 ? width : 0),
      halo_y_(domain.lattice().n()[1] > 1 ? width : 0),
      components_(components),
      length_(row_doubles.value_or(domain.lattice().n()[2])) {
  const Index3 n = domain.lattice().n();
  // Which global rows this rank lacks, by owner; owners learn it by one exchange of requests.
  std::vector<std::vector<std::int64_t>> wanted(static_cast<std::size_t>(comm_.size()));
  struct Entry {
    std::size_t owner, place;
  };
  std::vector<Entry> places;  // of the ghosts in the order of the table
  std::vector<std::int64_t> table;
  if (!box_.empty()) {
    for (std::int64_t z = box_.lo[0] - halo_z_; z < box_.hi[0] + halo_z_; ++z) {
      for (std::int64_t y = box_.lo[1] - halo_y_; y < box_.hi[1] + halo_y_; ++y) {
        const std::int64_t global_z = wrap(z, n[0]);
        const std::int64_t global_y = wrap(y, n[1]);
        const int owner = domain.partition().real_owner(global_z, global_y);
        if (owner == comm_.rank()) {
          table.push_back((global_z - box_.lo[0]) * box_.extent(1) + global_y - box_.lo[1]);
          continue;
        }
        auto& rows = wanted[static_cast<std::size_t>(owner)];
        const std::int64_t row = global_z * n[1] + global_y;
        const auto found = std::find(rows.begin(), rows.end(), row);
        places.push_back({static_cast<std::size_t>(owner), static_cast<std::size_t>(found - rows.begin())});
        if (found == rows.end()) rows.push_back(row);
        table.push_back(-static_cast<std::int64_t>(places.size()));
      }
    }
  }
  std::vector<int> request_counts, answer_counts(wanted.size());
  std::vector<std::int64_t> requests, first_of_owner;
  for (const auto& rows : wanted) {
    request_counts.push_back(static_cast<int>(rows.size()));
    first_of_owner.push_back(static_cast<std::int64_t>(requests.size()));
    requests.insert(requests.end(), rows.begin(), rows.end());
  }
  for (std::int64_t& row : table) {
    if (row >= 0) continue;
    const Entry& entry = places[static_cast<std::size_t>(-1 - row)];
    row = -1 - (first_of_owner[entry.owner] + static_cast<std::int64_t>(entry.place));
  }
  MPI_Alltoall(request_counts.data(), 1, MPI_INT, answer_counts.data(), 1, MPI_INT, comm_.handle());
  const std::vector<int> request_offsets = offsets_of(request_counts);
  const std::vector<int> answer_offsets = offsets_of(answer_counts);
  send_rows_.resize(static_cast<std::size_t>(answer_offsets.back()) + static_cast<std::size_t>(answer_counts.back()));
  MPI_Alltoallv(requests.data(), request_counts.data(), request_offsets.data(), MPI_INT64_T, send_rows_.data(),
                answer_counts.data(), answer_offsets.data(), MPI_INT64_T, comm_.handle());
  for (std::int64_t& row : send_rows_) {
    row = (row / n[1] - box_.lo[0]) * box_.extent(1) + row % n[1] - box_.lo[1];
  }
  const int doubles = static_cast<int>(length_) * components;
  for (std::size_t rank = 0; rank < wanted.size(); ++rank) {
    send_counts_.push_back(answer_counts[rank] * doubles);
    receive_counts_.push_back(request_counts[rank] * doubles);
  }
  send_offsets_ = offsets_of(send_counts_);
  receive_offsets_ = offsets_of(receive_counts_);
  ghosts_ = base::LineView("ghost rows", requests.size() * static_cast<std::size_t>(doubles));
  table_ = decltype(table_)("table of rows", table.size());
  const auto host = Kokkos::create_mirror_view(table_);
  std::copy(table.begin(), table.end(), host.data());
  Kokkos::deep_copy(table_, host);
}

void GhostRows::fetch(const std::function<const double*(int, std::int64_t)>& own_row) {
  std::vector<double> send;
  send.reserve(send_rows_.size() * static_cast<std::size_t>(length_ * components_));
  for (const std::int64_t row : send_rows_) {
    for (int c = 0; c < components_; ++c) send.insert(send.end(), own_row(c, row), own_row(c, row) + length_);
  }
  const auto receive = Kokkos::create_mirror_view(ghosts_);
  MPI_Alltoallv(send.data(), send_counts_.data(), send_offsets_.data(), MPI_DOUBLE, receive.data(),
                receive_counts_.data(), receive_offsets_.data(), MPI_DOUBLE, comm_.handle());
  Kokkos::deep_copy(ghosts_, receive);
}

GhostRows::Rows GhostRows::rows(const double* own) const {
  return {own,
          ghosts_.data(),
          table_.data(),
          halo_z_,
          halo_y_,
          box_.extent(1) + 2 * halo_y_,
          box_.extent(0) * box_.extent(1),
          components_,
          length_};
}

GhostRows::Rows GhostRows::exchange(const Field& field) {
  if (comm_.size() > 1) {
    const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), field.view());
    const std::int64_t own_rows = box_.extent(0) * box_.extent(1);
    fetch([&](int c, std::int64_t row) { return host.data() + (c * own_rows + row) * length_; });
  }
  return rows(field.data());
}

void Halo::exchange(const Field& field) {
  const auto values = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), field.view());
  const Box& box = field.box();
  const std::int64_t n = field.row_length();
  const std::int64_t h = field.halo(2);
  const auto row_of = [&](int c, std::int64_t z, std::int64_t y) {
    return &values(static_cast<std::size_t>(c), static_cast<std::size_t>(z + field.halo(0)),
                   static_cast<std::size_t>(y + field.halo(1)), 0) +
           h;
  };
  const std::int64_t ny = std::max<std::int64_t>(1, box.extent(1));
  ghosts_.fetch([&](int c, std::int64_t row) { return row_of(c, row / ny, row % ny); });
  if (box.empty()) return;
  const auto ghosts = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), ghosts_.ghosts_);
  const auto table = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), ghosts_.table_);
  std::int64_t entry = 0;
  for (std::int64_t z = -field.halo(0); z < box.extent(0) + field.halo(0); ++z) {
    for (std::int64_t y = -field.halo(1); y < box.extent(1) + field.halo(1); ++y, ++entry) {
      const std::int64_t row = table(static_cast<std::size_t>(entry));
      const bool is_own = z >= 0 && z < box.extent(0) && y >= 0 && y < box.extent(1);
      for (int c = 0; c < field.components(); ++c) {
        double* x = row_of(c, z, y);
        if (!is_own) {
          const double* from =
              row >= 0 ? row_of(c, row / ny, row % ny) : ghosts.data() + ((-1 - row) * field.components() + c) * n;
          std::copy_n(from, n, x);
        }
        for (std::int64_t i = 1; i <= h; ++i) {
          x[-i] = x[wrap(-i, n)];
          x[n - 1 + i] = x[wrap(n - 1 + i, n)];
        }
      }
    }
  }
  Kokkos::deep_copy(field.view(), values);
}

}  // namespace scorefield::grid
