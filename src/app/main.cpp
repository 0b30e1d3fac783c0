/// scorefield's command line: parses it, runs one subcommand, maps errors to exit codes.

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>

#include "app/commands.hpp"
#include "base/version.hpp"

namespace {

using scorefield::base::ExitCode;

int to_int(ExitCode code) { return static_cast<int>(code); }

int command_line(int argc, char** argv) {
  namespace app = scorefield::app;
  CLI::App cli{"scorefield samples large fields: the same numbers on any number of MPI ranks and after any restart"};
  cli.set_version_flag("--version", scorefield::base::version() + " (" + scorefield::base::git_revision() + ")\n" +
                                        scorefield::base::dependency_versions());
  cli.require_subcommand(1);
  ExitCode code = ExitCode::done;

  app::RunArguments run;
  auto* run_cli = cli.add_subcommand("run", "sample the target of a deck (under mpirun)");
  run_cli->add_option("deck", run.deck, "deck (YAML)")->required();
  run_cli->add_option("overrides", run.overrides, "key.path=value, instead of what the deck says");
  run_cli->add_option("--restart", run.restart,
                      "auto: from the newest good checkpoint; never: anew; FILE: from that one");
  run_cli->add_option("--output", run.output, "directory of the results (output.directory)");
  run_cli->callback([&] { code = app::run_command(argc, argv, run); });

  app::CheckArguments check;
  auto* check_cli =
      cli.add_subcommand("check", "validate a deck; print it resolved, with decomposition, memory and disk");
  check_cli->add_option("deck", check.deck, "deck (YAML)")->required();
  check_cli->add_option("overrides", check.overrides, "key.path=value, instead of what the deck says");
  check_cli->add_option("--ranks", check.ranks, "number of MPI ranks to plan for")->check(CLI::PositiveNumber);
  check_cli->callback([&] { code = app::check_command(check); });

  std::string component;
  bool markdown = false;
  auto* describe_cli = cli.add_subcommand("describe", "list components, or the options of one");
  describe_cli->add_option("component", component, "for example mala; 'all' for everything");
  describe_cli->add_flag("--markdown", markdown, "as docs/user/options.md has it");
  describe_cli->callback([&] { code = app::describe_command(component, markdown); });

  std::string file;
  auto* inspect_cli = cli.add_subcommand("inspect", "say what a checkpoint or sample file holds, and verify it");
  inspect_cli->add_option("file", file, "HDF5 file")->required();
  inspect_cli->callback([&] { code = app::inspect_command(file); });

  std::string directory;
  auto* report_cli = cli.add_subcommand("report", "make report.html and figures from a run's directory");
  report_cli->add_option("directory", directory, "output directory of a run")->required();
  report_cli->callback([&] { code = app::report_command(directory); });

  try {
    cli.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << cli.help();
  } catch (const CLI::CallForAllHelp&) {
    std::cout << cli.help("", CLI::AppFormatMode::All);
  } catch (const CLI::CallForVersion&) {
    std::cout << cli.version() << "\n";
  } catch (const CLI::Error& error) {
    std::fprintf(stderr, "scorefield: %s\nscorefield: see scorefield --help (exit code 2)\n", error.what());
    return to_int(ExitCode::usage);
  }
  return to_int(code);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return command_line(argc, argv);
  } catch (const scorefield::base::Error& error) {
    scorefield::app::print_error(error);
    return to_int(error.code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scorefield: internal error: %s\nscorefield: please report this (exit code 70)\n",
                 error.what());
    return to_int(ExitCode::internal);
  }
}
