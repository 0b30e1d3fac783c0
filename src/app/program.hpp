#pragma once
/// scorefield's command line as a function: a program of one's own is scorefield with further components.

#include <functional>

#include "model/cell_target.hpp"
#include "model/symbol_cells.hpp"

namespace scorefield::app {

/// Parses the command line, runs one subcommand (run, check, describe, inspect, report) and returns the exit code of
/// docs/user/exit-codes.md; starts and ends MPI where it needs it. `add_own` registers components beside those of the
/// project:
///
///   return app::program(argc, argv, [](model::Components& components) { components.add<Mine>(components.targets); });
int program(int argc, char** argv, const std::function<void(model::Components&)>& add_own = {});

/// What makes a target of a struct: of numbers by the energy of a cell and the score there, or of symbols by the energy
/// of a cell and its changes.
template <class T>
struct TargetOf;
template <model::CellEnergy T>
struct TargetOf<T> {
  using Type = model::CellTarget<T>;
};
template <model::SymbolCellEnergy T>
struct TargetOf<T> {
  using Type = model::SymbolCells<T>;
};

/// The same with targets given by such structs.
template <class... Targets>
int program_with(int argc, char** argv) {
  return program(argc, argv, [](model::Components& components) {
    (components.add<typename TargetOf<Targets>::Type>(components.targets), ...);
  });
}

}  // namespace scorefield::app
