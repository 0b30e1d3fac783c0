#include "app/program.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>

#include "app/commands.hpp"
#include "base/version.hpp"

namespace scorefield::app {

namespace {

using base::ExitCode;

int to_int(ExitCode code) { return static_cast<int>(code); }

int command_line(int argc, char** argv, const model::Components& components) {
  CLI::App cli{"scorefield samples large fields: the same numbers on any number of MPI ranks and after any restart"};
  cli.set_version_flag("--version",
                       base::version() + " (" + base::git_revision() + ")\n" + base::dependency_versions());
  cli.require_subcommand(1);
  ExitCode code = ExitCode::done;

  RunArguments run;
  auto* run_cli = cli.add_subcommand("run", "sample the target of a deck (under mpirun)");
  run_cli->add_option("deck", run.deck, "deck (YAML)")->required();
  run_cli->add_option("overrides", run.overrides, "key.path=value, instead of what the deck says");
  run_cli->add_option("--restart", run.restart,
                      "auto: from the newest good checkpoint; never: anew; FILE: from that one");
  run_cli->add_option("--output", run.output, "directory of the results (output.directory)");
  run_cli->callback([&] { code = run_command(argc, argv, components, run); });

  CheckArguments check;
  auto* check_cli =
      cli.add_subcommand("check", "validate a deck; print it resolved, with decomposition, memory and disk");
  check_cli->add_option("deck", check.deck, "deck (YAML)")->required();
  check_cli->add_option("overrides", check.overrides, "key.path=value, instead of what the deck says");
  check_cli->add_option("--ranks", check.ranks, "number of MPI ranks to plan for")->check(CLI::PositiveNumber);
  check_cli->callback([&] { code = check_command(components, check); });

  std::string component;
  bool markdown = false;
  auto* describe_cli = cli.add_subcommand("describe", "list components, or the options of one");
  describe_cli->add_option("component", component, "for example mala; 'all' for everything");
  describe_cli->add_flag("--markdown", markdown, "as docs/user/options.md has it");
  describe_cli->callback([&] { code = describe_command(components, component, markdown); });

  std::string file;
  auto* inspect_cli = cli.add_subcommand("inspect", "say what a checkpoint or sample file holds, and verify it");
  inspect_cli->add_option("file", file, "HDF5 file")->required();
  inspect_cli->callback([&] { code = inspect_command(file); });

  std::string directory;
  auto* report_cli = cli.add_subcommand("report", "make report.html and figures from a run's directory");
  report_cli->add_option("directory", directory, "output directory of a run")->required();
  report_cli->callback([&] { code = report_command(directory); });

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

int program(int argc, char** argv, const std::function<void(model::Components&)>& add_own) {
  try {
    model::Components components;
    register_all(components);
    if (add_own) add_own(components);
    return command_line(argc, argv, components);
  } catch (const base::Error& error) {
    print_error(error);
    return to_int(error.code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scorefield: internal error: %s\nscorefield: please report this (exit code 70)\n",
                 error.what());
    return to_int(ExitCode::internal);
  }
}

}  // namespace scorefield::app
