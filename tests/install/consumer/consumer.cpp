// A program that uses an installed scorefield: includes as inside the project, one library.
#include <Kokkos_Core.hpp>
#include <iostream>

#include "base/mpi.hpp"
#include "base/version.hpp"

int main(int argc, char** argv) {
  const scorefield::base::MpiSession mpi(argc, argv);
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const auto world = scorefield::base::Comm::world();
  if (world.sum(std::int64_t{1}) != world.size()) return 1;
  if (world.is_root()) {
    std::cout << "scorefield " << scorefield::base::version() << " on " << world.size() << " ranks\n";
  }
  return 0;
}
