#include "run/task_run.hpp"

#include <fmt/format.h>

#include "io/posix_file.hpp"
#include "io/write_file.hpp"
#include "run/field_datasets.hpp"
#include "run/progress.hpp"
#include "run/status.hpp"

namespace scorefield::run {

namespace {

std::uint64_t u(std::int64_t i) { return static_cast<std::uint64_t>(i); }

io::Dataset dataset_of(const model::Finding& finding, bool is_root) {
  const bool is_integer = std::holds_alternative<std::vector<std::int64_t>>(finding.values);
  io::Dataset dataset{.path = finding.path,
                      .type = is_integer ? io::Type::int64 : io::Type::float64,
                      .shape = {finding.shape.begin(), finding.shape.end()},
                      .unit = finding.unit,
                      .attributes = {{"meaning", finding.meaning}}};
  const void* data =
      std::visit([](const auto& values) { return static_cast<const void*>(values.data()); }, finding.values);
  // The same on all ranks: the root's count.
  if (is_root && io::product(dataset.shape) > 0) {
    dataset.pieces.push_back({io::Extents(dataset.shape.size(), 0), dataset.shape, data});
  }
  return dataset;
}

io::Dataset dataset_of(const model::FoundFields& found, const grid::Lattice& lattice, int components) {
  io::Dataset dataset{.path = found.path,
                      .shape = field_shape(lattice, components, {u(std::ssize(found.fields))}),
                      .unit = found.unit,
                      .attributes = {{"meaning", found.meaning}}};
  for (std::size_t i = 0; i < found.fields.size(); ++i) {
    const grid::Field& field = found.fields[i];
    if (field.box().empty()) continue;
    io::Extents first{i};
    io::Extents extents{1};
    if (components > 1) {
      first.push_back(0);
      extents.push_back(u(components));
    }
    dataset.pieces.push_back(field_piece(lattice, field.box(), first, extents, field.data()));
  }
  return dataset;
}

}  // namespace

TaskRun::TaskRun(const base::Comm& world, const ResolvedDeck& deck, const model::Components& components,
                 std::filesystem::path directory, const base::Log& log)
    : world_(world),
      deck_(&deck),
      directory_(std::move(directory)),
      log_(log),
      clock_(deck.options.run.wall_clock ? std::optional(deck.options.run.wall_clock->seconds) : std::nullopt, 0.0),
      domain_(deck.options.lattice(), world) {
  world_.together([&] {
    if (world_.is_root() && std::filesystem::exists(directory_ / "samples.h5")) {
      throw base::DeckError(directory_.string() + " holds the samples of a run",
                            "give the task an output.directory of its own");
    }
  });
  watchdog_ = std::make_unique<Watchdog>(deck.options.run.watchdog.seconds, [this](const std::string& stall) {
    report_stall(directory_, world_.rank(), {.step = step_, .steps = steps_, .ranks = world_.size()}, stall);
  });
  const auto seed = static_cast<std::uint64_t>(deck.options.run.seed);
  world_.together([&] {
    target_ =
        components.targets.build(deck.options.target, {.components = components, .domain = domain_, .seed = seed});
    const model::TaskContext context{domain_, *target_, seed, &components, [this] { watchdog_->alive("task"); }};
    task_ = components.tasks.build(deck.options.task, context);
  });
  steps_ = task_->steps();
}

base::ExitCode TaskRun::run(const std::string& restart) {
  if (restart != "auto" && restart != "never") {
    throw base::DeckError("--restart " + restart + ": a task keeps no checkpoints and always begins anew",
                          "leave out --restart");
  }
  world_.together([&] {
    if (!world_.is_root()) return;
    // What another deck found must not be taken for this one's.
    std::filesystem::remove(directory_ / "result.h5");
    io::write_text_atomically(directory_ / "deck.resolved.yaml", deck_->yaml);
  });
  tell_status("running");
  if (deck_->options.sampler || !deck_->options.observables.empty()) {
    log_.info("the deck's sampler and observables are not used: it has a task");
  }
  Progress progress(log_, world_.is_root(), 0, steps_, deck_->options.output.report_every.seconds);
  while (step_ < steps_) {
    watchdog_->alive("task");
    const double begin = now();
    task_->step(step_++);
    clock_.note_step(now() - begin);
    const bool is_stop_due = SignalGuard::received() != 0 || clock_.is_near_limit();
    if (world_.max(static_cast<std::int64_t>(is_stop_due)) != 0 && step_ < steps_) {
      progress.finish();
      log_.info(fmt::format("stopped after part {} of {} by {}; {}", step_, steps_, reason_to_stop(world_),
                            advice(base::ExitCode::stopped)));
      return base::ExitCode::stopped;
    }
    progress.update(step_, deck_->options.task.type, {});
  }
  progress.finish();
  watchdog_->alive("result");
  const model::Findings findings = task_->findings();
  write_result(findings);
  for (const auto& line : findings.lines) log_.info(line);
  for (const auto& warning : findings.warnings) log_.warn(warning);
  return base::ExitCode::done;
}

std::string TaskRun::advice(base::ExitCode code) const {
  const std::string file = (directory_ / "result.h5").string();
  return code == base::ExitCode::done ? "the results are in " + file + "; to list them: scorefield inspect " + file
                                      : "a task keeps no checkpoint: the same command begins it anew";
}

void TaskRun::tell_status(const std::string& state) const {
  if (!world_.is_root()) return;
  write_status(
      directory_,
      {.state = state, .step = step_, .steps = steps_, .ranks = world_.size(), .advice = advice(base::ExitCode::done)});
}

void TaskRun::write_result(const model::Findings& findings) const {
  const grid::Lattice& lattice = domain_.lattice();
  std::vector<io::Dataset> datasets;
  for (const auto& finding : findings.numbers) datasets.push_back(dataset_of(finding, world_.is_root()));
  for (const auto& found : findings.fields) datasets.push_back(dataset_of(found, lattice, target_->components()));
  io::Attributes attributes = provenance("scorefield-result", *deck_);
  attributes.push_back({"task", deck_->options.task.type});
  io::write_file(world_, directory_ / "result.h5", datasets, attributes);
}

}  // namespace scorefield::run
