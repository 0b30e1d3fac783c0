/// main of every GoogleTest program: starts MPI and Kokkos, lets rank 0 alone report, and makes every rank return
/// non-zero when a check failed on any of them. A failure on another rank is printed where it happens.

#include <gtest/gtest.h>

#include <Kokkos_Core.hpp>
#include <cstdio>
#include <string>

#include "base/mpi.hpp"

#ifdef __SANITIZE_ADDRESS__
// MPI unloads its plug-ins before leaks are counted, and their frames lose the names that lsan.supp goes by: keep them.
extern "C" int dlclose(void* /*handle*/) noexcept { return 0; }
#endif

namespace {

/// Replaces GoogleTest's printer on ranks other than 0: silent but for failures.
class FailurePrinter : public testing::EmptyTestEventListener {
 public:
  explicit FailurePrinter(int rank) : rank_(rank) {}

  // Kept here: GoogleTest holds its lock while it reports a failure, so asking it for the test then would hang.
  void OnTestStart(const testing::TestInfo& test) override {
    test_ = std::string(test.test_suite_name()) + "." + test.name();
  }

  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    const char* file = result.file_name() != nullptr ? result.file_name() : "unknown file";
    std::fprintf(stderr, "[rank %d] %s failed at %s:%d\n%s\n", rank_, test_.c_str(), file, result.line_number(),
                 result.message());
  }

 private:
  int rank_;
  std::string test_ = "set-up";
};

}  // namespace

int main(int argc, char** argv) {
  const scorefield::base::MpiSession mpi(argc, argv);
  const Kokkos::ScopeGuard kokkos(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  const scorefield::base::Comm world = scorefield::base::Comm::world();
  if (!world.is_root()) {
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new FailurePrinter(world.rank()));  // GoogleTest owns its listeners
  }
  const int failed_here = RUN_ALL_TESTS();
  return static_cast<int>(world.max(std::int64_t{failed_here}));
}
