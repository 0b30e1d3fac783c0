#pragma once
/// A lattice spread over the ranks of a communicator, with the FFT between its real and Fourier space.

#include <memory>

#include "base/mpi.hpp"
#include "grid/fft.hpp"
#include "grid/lattice.hpp"
#include "grid/partition.hpp"

namespace scorefield::grid {

/// Cheap to copy: copies share one FFT and its work space (so use a domain from one thread).
class Domain {
 public:
  /// Collective.
  Domain(Lattice lattice, base::Comm comm)
      : lattice_(std::move(lattice)),
        partition_(lattice_, comm.size()),
        comm_(std::move(comm)),
        real_box_(partition_.real_box(comm_.rank())),
        spectral_box_(partition_.spectral_box(comm_.rank())),
        fft_(std::make_shared<Fft>(lattice_, partition_, comm_)) {}

  [[nodiscard]] const Lattice& lattice() const { return lattice_; }
  [[nodiscard]] const Partition& partition() const { return partition_; }
  [[nodiscard]] const base::Comm& comm() const { return comm_; }
  [[nodiscard]] const Box& real_box() const { return real_box_; }
  [[nodiscard]] const Box& spectral_box() const { return spectral_box_; }
  [[nodiscard]] Fft& fft() const { return *fft_; }

 private:
  Lattice lattice_;
  Partition partition_;
  base::Comm comm_;
  Box real_box_;
  Box spectral_box_;
  std::shared_ptr<Fft> fft_;
};

}  // namespace scorefield::grid
