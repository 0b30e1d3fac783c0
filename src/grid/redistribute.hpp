#pragma once
/// Moves an array from one decomposition into boxes to another one.

#include <mpi.h>

#include <vector>

#include "base/mpi.hpp"
#include "grid/lattice.hpp"

namespace scorefield::grid {

/// Plan of an exchange between two decompositions of one index space. Each rank sends to each other rank the common
/// part of its old and the other's new box, in C order, blocks ordered by rank.
class Redistribution {
 public:
  /// from[r], to[r]: the boxes of rank r before and after; `values_per_site` doubles each (2 for complex numbers).
  Redistribution(base::Comm comm, const std::vector<Box>& from, const std::vector<Box>& to, int values_per_site);

  /// Parts of the send and receive buffers, in order of rank: what goes where.
  [[nodiscard]] const std::vector<Box>& send_boxes() const { return send_boxes_; }
  [[nodiscard]] const std::vector<Box>& receive_boxes() const { return receive_boxes_; }
  [[nodiscard]] std::int64_t send_sites() const { return send_sites_; }
  [[nodiscard]] std::int64_t receive_sites() const { return receive_sites_; }

  /// Collective. Buffers hold the blocks one after the other. On one rank buffers may be the same memory.
  void exchange(const double* send, double* receive) const;

  /// Collective. From and to arrays in C order of this rank's old and new box.
  void move(const double* from, double* to) const;

 private:
  base::Comm comm_;
  Box from_;
  Box to_;
  int values_per_site_;
  MPI_Datatype site_type_ = MPI_DOUBLE;
  std::vector<Box> send_boxes_;
  std::vector<Box> receive_boxes_;
  std::vector<int> send_counts_, send_offsets_, receive_counts_, receive_offsets_;
  std::int64_t send_sites_ = 0;
  std::int64_t receive_sites_ = 0;
};

}  // namespace scorefield::grid
