#pragma once
/// RAII around MPI: the session, communicators, and the one way in which ranks agree on a failure.

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace scorefield::base {

/// Initialises MPI for the lifetime of main. An exception that reaches std::terminate aborts all ranks with exit
/// code 70.
class MpiSession {
 public:
  MpiSession(int& argc, char**& argv);
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;
};

/// A communicator. Copies share the handle; the last one frees it (never MPI_COMM_WORLD or MPI_COMM_SELF).
/// Made by split, so that no Cartesian topology ever reaches HDF5 (open-mpi/ompi#12718).
class Comm {
 public:
  static Comm world();
  static Comm self();
  /// Ranks with the same `colour` form a new communicator, ordered as before. Collective.
  [[nodiscard]] Comm split(int colour) const;

  [[nodiscard]] MPI_Comm handle() const noexcept { return *handle_; }
  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] int size() const noexcept { return size_; }
  [[nodiscard]] bool is_root() const noexcept { return rank_ == 0; }

  /// Collective. `local_error` is empty where all is well. If any rank has a text, every rank throws a FileError with
  /// the text of the lowest such rank, so that none is left waiting in a later collective call.
  void agree(const std::string& local_error) const;
  /// Collective. Runs `action` on every rank; a std::exception on any rank becomes the same exception type
  /// (DeckError, FileError, NumericsError by exit code; anything else a FileError) on every rank.
  void together(const std::function<void()>& action) const;

  void barrier() const;
  [[nodiscard]] std::string broadcast(std::string text, int root = 0) const;
  void broadcast(double* values, std::int64_t count, int root = 0) const;
  void broadcast(std::int64_t* values, std::int64_t count, int root = 0) const;
  [[nodiscard]] std::int64_t max(std::int64_t value) const;
  [[nodiscard]] std::int64_t min(std::int64_t value) const;
  /// Sums of integers only: a floating-point sum over ranks would depend on the rank count (see reduce::ExactSum).
  [[nodiscard]] std::int64_t sum(std::int64_t value) const;
  [[nodiscard]] std::uint64_t sum(std::uint64_t value) const;
  void sum(std::int64_t* values, int count) const;
  /// Collective. Sends values[rank] to each rank; what all ranks sent here, rank by rank.
  [[nodiscard]] std::vector<std::int64_t> exchange(const std::vector<std::vector<std::int64_t>>& values) const;

 private:
  explicit Comm(std::shared_ptr<MPI_Comm> handle);
  std::shared_ptr<MPI_Comm> handle_;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace scorefield::base
