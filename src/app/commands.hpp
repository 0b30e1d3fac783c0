#pragma once
/// The subcommands of scorefield, one file each. They return an exit code or throw base::Error.

#include <filesystem>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "model/components.hpp"

namespace scorefield::app {

/// All components of the project that decks can name.
void register_all(model::Components& components);

struct RunArguments {
  std::string deck;
  std::vector<std::string> overrides;
  std::string restart = "auto";
  std::string output;  ///< empty: as the deck says
};
/// Starts MPI.
base::ExitCode run_command(int argc, char** argv, const model::Components& components, const RunArguments& arguments);

struct CheckArguments {
  std::string deck;
  std::vector<std::string> overrides;
  int ranks = 1;
};
base::ExitCode check_command(const model::Components& components, const CheckArguments& arguments);

base::ExitCode describe_command(const model::Components& components, const std::string& component, bool markdown);
base::ExitCode inspect_command(const std::filesystem::path& file);
/// Runs analysis/report.py, found beside the program: in an installation or in the source tree of a build.
base::ExitCode report_command(const std::filesystem::path& directory);

/// The last line of a failed command: what went wrong is above it, this says what to do.
void print_error(const base::Error& error);

}  // namespace scorefield::app
