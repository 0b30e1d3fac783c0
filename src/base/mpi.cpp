#include "base/mpi.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <numeric>

#include "base/errors.hpp"

namespace scorefield::base {

namespace {

[[noreturn]] void abort_all_ranks() {
  // What cannot be agreed on ends every rank at once; a lone std::abort would leave the others waiting.
  std::string what = "unknown error";
  if (const std::exception_ptr current = std::current_exception()) {
    try {
      std::rethrow_exception(current);
    } catch (const std::exception& e) {
      what = e.what();
    } catch (...) {
    }
  }
  int rank = -1;
  int initialised = 0;
  int finalised = 0;
  MPI_Initialized(&initialised);
  MPI_Finalized(&finalised);
  if (initialised != 0 && finalised == 0) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    std::fprintf(stderr, "scorefield: internal error on rank %d: %s\n", rank, what.c_str());
    MPI_Abort(MPI_COMM_WORLD, static_cast<int>(ExitCode::internal));
  }
  std::fprintf(stderr, "scorefield: internal error: %s\n", what.c_str());
  std::_Exit(static_cast<int>(ExitCode::internal));
}

[[noreturn]] void throw_as(ExitCode code, const std::string& text, const std::string& advice) {
  switch (code) {
    case ExitCode::usage: throw DeckError(text, advice);
    case ExitCode::numerics: throw NumericsError(text, advice);
    default: throw FileError(text, advice);
  }
}

}  // namespace

MpiSession::MpiSession(int& argc, char**& argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  std::set_terminate(abort_all_ranks);
}

MpiSession::~MpiSession() { MPI_Finalize(); }

Comm::Comm(std::shared_ptr<MPI_Comm> handle) : handle_(std::move(handle)) {
  MPI_Comm_rank(*handle_, &rank_);
  MPI_Comm_size(*handle_, &size_);
}

Comm Comm::world() { return Comm(std::make_shared<MPI_Comm>(MPI_COMM_WORLD)); }
Comm Comm::self() { return Comm(std::make_shared<MPI_Comm>(MPI_COMM_SELF)); }

Comm Comm::split(int colour) const {
  MPI_Comm part = MPI_COMM_NULL;
  MPI_Comm_split(*handle_, colour, rank_, &part);
  const auto release = [](MPI_Comm* comm) {
    int finalised = 0;
    MPI_Finalized(&finalised);
    if (finalised == 0 && *comm != MPI_COMM_NULL) MPI_Comm_free(comm);
    delete comm;
  };
  return Comm(std::shared_ptr<MPI_Comm>(new MPI_Comm(part), release));
}

void Comm::agree(const std::string& local_error) const {
  together([&] {
    if (!local_error.empty()) throw FileError(local_error);
  });
}

void Comm::together(const std::function<void()>& action) const {
  int code = 0;
  std::array<std::string, 2> text;
  try {
    action();
  } catch (const Error& e) {
    code = static_cast<int>(e.code());
    text = {e.what(), e.advice()};
  } catch (const std::exception& e) {
    code = static_cast<int>(ExitCode::file);
    text = {e.what(), "this is unexpected; please report it with run.log"};
  }
  struct {
    int failed;
    int rank;
  } mine{code == 0 ? 0 : 1, rank_}, first{};
  MPI_Allreduce(&mine, &first, 1, MPI_2INT, MPI_MAXLOC, *handle_);
  if (first.failed == 0) return;
  MPI_Bcast(&code, 1, MPI_INT, first.rank, *handle_);
  for (auto& part : text) part = broadcast(part, first.rank);
  throw_as(static_cast<ExitCode>(code), text[0], text[1]);
}

void Comm::barrier() const { MPI_Barrier(*handle_); }

std::string Comm::broadcast(std::string text, int root) const {
  std::int64_t length = static_cast<std::int64_t>(text.size());
  broadcast(&length, 1, root);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), static_cast<int>(length), MPI_CHAR, root, *handle_);
  return text;
}

void Comm::broadcast(double* values, std::int64_t count, int root) const {
  MPI_Bcast(values, static_cast<int>(count), MPI_DOUBLE, root, *handle_);
}

void Comm::broadcast(std::int64_t* values, std::int64_t count, int root) const {
  MPI_Bcast(values, static_cast<int>(count), MPI_INT64_T, root, *handle_);
}

std::int64_t Comm::max(std::int64_t value) const {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MAX, *handle_);
  return value;
}

std::int64_t Comm::min(std::int64_t value) const {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MIN, *handle_);
  return value;
}

std::int64_t Comm::sum(std::int64_t value) const {
  sum(&value, 1);
  return value;
}

std::uint64_t Comm::sum(std::uint64_t value) const {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_UINT64_T, MPI_SUM, *handle_);
  return value;
}

void Comm::sum(std::int64_t* values, int count) const {
  MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_INT64_T, MPI_SUM, *handle_);
}

std::vector<std::int64_t> Comm::exchange(const std::vector<std::vector<std::int64_t>>& values) const {
  std::vector<int> counts;
  std::vector<std::int64_t> sent;
  for (const auto& to_rank : values) {
    counts.push_back(static_cast<int>(to_rank.size()));
    sent.insert(sent.end(), to_rank.begin(), to_rank.end());
  }
  std::vector<int> received_counts(counts.size());
  MPI_Alltoall(counts.data(), 1, MPI_INT, received_counts.data(), 1, MPI_INT, *handle_);
  const auto offsets = [](const std::vector<int>& of) {
    std::vector<int> begins(of.size(), 0);
    std::partial_sum(of.begin(), of.end() - 1, begins.begin() + 1);
    return begins;
  };
  std::vector<std::int64_t> received(
      static_cast<std::size_t>(std::accumulate(received_counts.begin(), received_counts.end(), 0)));
  MPI_Alltoallv(sent.data(), counts.data(), offsets(counts).data(), MPI_INT64_T, received.data(),
                received_counts.data(), offsets(received_counts).data(), MPI_INT64_T, *handle_);
  return received;
}

}  // namespace scorefield::base
