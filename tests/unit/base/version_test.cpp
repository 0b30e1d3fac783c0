#include "base/version.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scorefield::base {
namespace {

TEST(Version, has_three_numbers) { EXPECT_THAT(version(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+")); }

TEST(Version, of_git_is_a_commit_or_unknown) {
  EXPECT_THAT(git_revision(), testing::MatchesRegex("unknown|[0-9a-f]{12,40}(-dirty)?"));
}

TEST(Version, names_every_library_with_a_number) {
  for (const char* library : {"Kokkos", "PETSc", "HDF5", "FFTW", "yaml-cpp"}) {
    EXPECT_THAT(dependency_versions(), testing::ContainsRegex(std::string(library) + " [0-9]+\\.[0-9]+"));
  }
}

}  // namespace
}  // namespace scorefield::base
