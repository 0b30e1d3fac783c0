/// main of every GoogleTest program: starts MPI and Kokkos, lets rank 0 alone report, and makes every rank return
/// non-zero when a check failed on any of them. A failure on another rank is printed where it happens.

#include <gtest/gtest.h>

#include <Kokkos_Core.hpp>
#include <cstdio>

#include "base/mpi.hpp"

namespace {

/// Replaces GoogleTest's printer on ranks other than 0: silent but for failures.
class FailurePrinter : public testing::EmptyTestEventListener {
 public:
  explicit FailurePrinter(int rank) : rank_(rank) {}

  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    std::fprintf(stderr, "[rank %d] %s.%s failed at %s:%d\n%s\n", rank_,
                 test != nullptr ? test->test_suite_name() : "?", test != nullptr ? test->name() : "?",
                 result.file_name() != nullptr ? result.file_name() : "?", result.line_number(), result.summary());
  }

 private:
  int rank_;
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
