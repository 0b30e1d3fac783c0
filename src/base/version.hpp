#pragma once
/// What this build is made of: printed by `scorefield --version` and written into run.log and every file.

#include <string>

namespace scorefield::base {

/// The version of project() in the root CMakeLists.txt, e.g. "0.1.0".
[[nodiscard]] std::string version();
/// The commit this was built from, with "-dirty" where tracked files differed from it; "unknown" outside of git.
[[nodiscard]] std::string git_revision();
/// One line: the libraries, the compiler and the architecture level, e.g. "Open MPI 4.1.4, Kokkos 3.4.1, ...".
[[nodiscard]] std::string dependency_versions();

}  // namespace scorefield::base
