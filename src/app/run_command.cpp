#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "app/commands.hpp"
#include "base/kokkos_compat.hpp"
#include "base/log.hpp"
#include "base/mpi.hpp"
#include "base/version.hpp"
#include "deck/parse.hpp"
#include "io/digest.hpp"
#include "io/posix_file.hpp"
#include "io/run_lock.hpp"
#include "io/structure.hpp"
#include "physics/register.hpp"
#include "run/resources.hpp"
#include "run/simulation.hpp"
#include "run/task_run.hpp"
#include "samplers/register.hpp"
#include "tasks/register.hpp"

namespace scorefield::app {

namespace {

/// Rank 0 reads, all get the same bytes.
std::string read_deck(const base::Comm& world, const std::string& path) {
  std::string text;
  world.together([&] {
    if (world.is_root()) text = deck::read_text(path);
  });
  return world.broadcast(text);
}

/// Runs a simulation or a task; `status` then says how it ended, for a failure how far it came.
template <class Work>
base::ExitCode carry_out(Work& work, const std::string& restart, run::Status& status) {
  base::ExitCode code = base::ExitCode::done;
  status.steps = work.steps();
  try {
    code = work.run({restart});
  } catch (const base::Error&) {
    status.step = work.step();
    status.sampling_seconds = work.sampling_seconds();
    throw;
  }
  status.state = code == base::ExitCode::done ? "complete" : "stopped";
  status.code = code;
  status.step = work.step();
  status.sampling_seconds = work.sampling_seconds();
  status.advice = work.advice(code);
  return code;
}

/// The run in its directory, with the directory's log and status.
/// `status` is kept up to what is known, for the report of a failure; its `steps` are set once the directory is ours.
base::ExitCode run_in(const base::Comm& world, const run::ResolvedDeck& deck, const model::Components& components,
                      const RunArguments& arguments, const std::filesystem::path& directory, base::Log& log,
                      run::Status& status) {
  const run::ProcessMemory at_rest = run::process_memory();
  world.together([&] {
    if (world.is_root()) std::filesystem::create_directories(directory);
  });
  const io::RunLock lock(world, directory);
  status.steps = deck.options.total_steps();
  world.together([&] { log = base::Log(world.is_root(), (directory / "run.log").string()); });
  if (!lock.warning().empty()) log.warn(lock.warning());
  log.note("scorefield " + base::version() + " (" + base::git_revision() + "), " + base::dependency_versions());
  log.note("deck digest " + std::to_string(io::digest_text(deck.yaml)));
  log.info("run '" + deck.options.run.name + "' on " + std::to_string(world.size()) + " ranks, output in " +
           directory.string());
  base::ExitCode code = base::ExitCode::done;
  if (deck.options.task) {
    run::TaskRun task(world, deck, components, directory, log);
    code = carry_out(task, arguments.restart, status);
  } else {
    run::Simulation simulation(world, deck, components, directory, log);
    code = carry_out(simulation, arguments.restart, status);
  }
  const std::int64_t used = world.max(run::process_memory().high_water - at_rest.resident);
  const run::Resources predicted = run::estimate_resources(deck.options, components, world.size());
  log.note("memory " + io::human_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, used))) +
           " per rank, predicted " + io::human_bytes(predicted.bytes_per_rank));
  if (code == base::ExitCode::done) log.info("done; " + status.advice);
  if (world.is_root()) run::write_status(directory, status);
  log.note(status.advice + " (exit code " + std::to_string(static_cast<int>(code)) + ")");
  return code;
}

}  // namespace

void register_all(model::Components& components) {
  physics::register_targets(components);
  samplers::register_samplers(components);
  tasks::register_tasks(components);
}

base::ExitCode run_command(int argc, char** argv, const model::Components& components, const RunArguments& arguments) {
  const run::SignalGuard signals;  // first: a signal during the start must not kill
  base::MpiSession mpi(argc, argv);
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const base::Comm world = base::Comm::world();
  std::filesystem::path directory;
  base::Log log;
  run::Status status;
  status.ranks = world.size();
  try {
    std::vector<std::string> overrides = arguments.overrides;
    if (!arguments.output.empty()) overrides.push_back("output.directory=" + run::quoted(arguments.output));
    const std::string text = read_deck(world, arguments.deck);
    run::ResolvedDeck deck;
    // Together: the files that it names may be there on some nodes only.
    world.together([&] { deck = run::resolve_deck(text, arguments.deck, overrides, components.catalogue); });
    directory = deck.options.output.directory;
    return run_in(world, deck, components, arguments, directory, log, status);
  } catch (const base::Error& error) {
    // The same error on all ranks: one message, one status, one code.
    if (world.is_root()) {
      log.note(std::string(error.what()));
      log.note(error.advice() + " (exit code " + std::to_string(static_cast<int>(error.code())) + ")");
      print_error(error);
      // Without the directory's lock its status is another run's; and a deck that is refused says nothing of the
      // results that are there.
      const bool is_refused = error.code() == base::ExitCode::usage && status.step == 0;
      if (status.steps > 0 && !(is_refused && std::filesystem::exists(directory / "status.json"))) {
        status.state = "failed";
        status.code = error.code();
        status.advice = error.advice();
        run::write_status(directory, status);
      }
    }
    world.barrier();
    return error.code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scorefield: internal error on rank %d: %s\n", world.rank(), error.what());
    if (status.steps > 0) {
      status.state = "failed";
      status.code = base::ExitCode::internal;
      status.advice = std::string("internal error: ") + error.what() + "; please report it with run.log";
      run::write_status(directory, status);
    }
    MPI_Abort(world.handle(), static_cast<int>(base::ExitCode::internal));
    return base::ExitCode::internal;
  }
}

}  // namespace scorefield::app
