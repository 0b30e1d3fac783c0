#pragma once
/// scorefield's command line as a function: a program of one's own is scorefield with further components.

#include <functional>

#include "model/cell_target.hpp"

namespace scorefield::app {

/// Parses the command line, runs one subcommand (run, check, describe, inspect, report) and returns the exit code of
/// docs/user/exit-codes.md; starts and ends MPI where it needs it. `add_own` registers components beside those of the
/// project:
///
///   return app::program(argc, argv, [](model::Components& components) { components.add<Mine>(components.targets); });
int program(int argc, char** argv, const std::function<void(model::Components&)>& add_own = {});

/// The same with targets given by the energy of a cell and the score there.
template <model::CellEnergy... Targets>
int program_with(int argc, char** argv) {
  return program(argc, argv, [](model::Components& components) {
    (components.add<model::CellTarget<Targets>>(components.targets), ...);
  });
}

}  // namespace scorefield::app
