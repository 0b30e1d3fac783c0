#include "run/simulation.hpp"

#include <fmt/format.h>

#include "base/version.hpp"
#include "deck/parse.hpp"
#include "io/posix_file.hpp"
#include "run/fasta.hpp"
#include "run/pictures.hpp"
#include "run/progress.hpp"
#include "run/resources.hpp"

namespace scorefield::run {

namespace {
/// Bytes per second that a busy parallel file system still takes: what the first checkpoint is reckoned with.
constexpr double slow_disk = 100e6;
}  // namespace

Simulation::Simulation(const base::Comm& world, const ResolvedDeck& deck, const model::Components& components,
                       std::filesystem::path directory, const base::Log& log)
    : world_(world),
      deck_(&deck),
      directory_(std::move(directory)),
      log_(log),
      clock_(deck.options.run.wall_clock ? std::optional(deck.options.run.wall_clock->seconds) : std::nullopt,
             static_cast<double>(estimate_resources(deck.options, components, world.size()).bytes_of_checkpoint) /
                 slow_disk),
      watchdog_(deck.options.run.watchdog.seconds,
                [this](const std::string& stall) {
                  report_stall(directory_, world_.rank(),
                               {.step = step_, .steps = deck_->options.total_steps(), .ranks = world_.size()}, stall);
                }),
      replicas_(components.replicas_of(deck.options.sampler, deck.options.lattice())),
      plan_(plan_of(world.rank())),
      domain_(deck.options.lattice(), world.split(static_cast<int>(plan_.group))),
      checkpoints_(directory_, static_cast<int>(deck.options.output.checkpoint.keep)) {
  const RunDeck& options = deck.options;
  const auto seed = static_cast<std::uint64_t>(options.run.seed);
  const model::BuildContext context{.components = components, .domain = domain_, .seed = seed};
  // Together: groups of ranks agree among themselves on what they cannot read, not with the other groups.
  world_.together([&] {
    target_ = components.targets.build(options.target, context);
    const model::SamplerContext sampler_context{domain_,     *target_,        seed, options.run.warmup,
                                                &components, options.run.thin};
    sampler_ = components.samplers.build(options.sampler, sampler_context);
  });

  // Energy and acceptance are always recorded, first.
  const model::ObservableContext observable_context{domain_, *target_};
  std::vector<deck::Component> wanted = options.observables;
  for (const char* name : {"acceptance", "energy"}) {
    std::erase_if(wanted, [&](const deck::Component& c) { return c.type == name; });
    deck::Problems problems;
    deck::ParseContext parse{components.catalogue, directory_, problems};
    wanted.insert(wanted.begin(), deck::parse_component(deck::Node::of(name), "observable", parse, "observables"));
  }
  std::vector<model::NamedField> fixed;
  world_.together([&] {
    for (const auto& option : wanted) observables_.push_back(components.observables.build(option, observable_context));
    for (std::int64_t id = plan_.first_chain; id < plan_.last_chain; ++id) {
      records_.emplace_back(sampler_->make_chain(id), id % replicas_ == 0, domain_, observables_, target_->components(),
                            options.run.draws);
    }
    fixed = target_->named_fields();
    for (auto& field : sampler_->named_fields()) fixed.push_back(std::move(field));
  });
  if (replicas_ > 1) ensemble_.emplace(make_ensemble());
  // The recorded replica of chain c is c * replicas_.
  const std::int64_t first = (plan_.first_chain + replicas_ - 1) / replicas_;
  const std::int64_t last = (plan_.last_chain + replicas_ - 1) / replicas_;
  const io::Type draws_type = target_->symbol_energy() != nullptr     ? io::Type::uint8
                              : options.output.precision == "float32" ? io::Type::float32
                                                                      : io::Type::float64;
  output_ = std::make_unique<Output>(
      Layout{world_, domain_, plan_.group, options.run.chains, replicas_, first, last - first}, options, directory_,
      target_->components(), target_->unit(), std::move(fixed), draws_type, sampler_->is_biased());
}

base::ExitCode Simulation::run(const Restart& restart) {
  const RunDeck& options = deck_->options;
  begin(restart);
  // Only now is it sure that this deck runs: one that differs from the checkpoint's is refused and leaves no trace.
  world_.together([&] {
    if (world_.is_root()) io::write_text_atomically(directory_ / "deck.resolved.yaml", deck_->yaml);
  });
  for (const auto& remark : target_->remarks()) log_.info(remark);
  if (step_ == 0 && options.run.warmup == 0 && sampler_->is_adaptive()) {
    log_.warn("run.warmup is 0: '" + options.sampler.type +
              "' keeps its first step size and its draws remember the start; give run.warmup some hundred steps");
  }
  // Until the first checkpoint the status would be that of the launch before, which may say 75.
  tell_status("running");
  Progress progress(log_, world_.is_root(), step_, options.total_steps(), options.output.report_every.seconds);
  checkpoint_time_ = now();
  while (step_ < options.total_steps()) {
    watchdog_.alive("step");
    const double begin_of_step = now();
    const std::optional<base::NumericsError> problem = advance();
    clock_.note_step(now() - begin_of_step);
    const Verdict verdict = agree(problem.has_value());
    if (verdict == Verdict::broken) {
      progress.finish();
      // Chains that had done the step keep it; the broken one stands before it: step_ says from where to go on.
      write_checkpoint("failed");
      world_.together([&] {
        if (problem) throw *problem;
      });
    }
    if (ensemble_) sampler_->exchange(*ensemble_);
    observe();
    if (step_ >= options.run.warmup) sampling_seconds_ += now() - begin_of_step;
    ++step_;
    const bool is_end = step_ == options.total_steps();
    if (is_end || verdict != Verdict::go_on) {
      write_checkpoint(is_end ? "complete" : verdict == Verdict::stop ? "stopped" : "running");
    }
    if (verdict == Verdict::stop && !is_end) {
      progress.finish();
      log_.info(fmt::format("stopped at step {} of {} by {}; {}", step_, options.total_steps(), reason_to_stop(world_),
                            advice(base::ExitCode::stopped)));
      return base::ExitCode::stopped;
    }
    progress.update(step_, phase_name(), sampler_->status(*records_.front().chain));
  }
  progress.finish();
  watchdog_.alive("pictures");
  write_pictures(world_, directory_, target_->pictures());
  watchdog_.alive("draws.fasta");
  write_fasta(world_, directory_, target_->alphabet());
  warn_of_trouble();
  return base::ExitCode::done;
}

void Simulation::warn_of_trouble() const {
  std::int64_t divergences = 0;
  std::int64_t slow_chains = 0;
  for (const auto& record : records_) {
    if (!record.is_recorded) continue;
    divergences += record.chain->divergences;
    if (record.chain->bfmi.value() < model::RunningBfmi::low) ++slow_chains;
  }
  const bool is_group_root = domain_.comm().is_root();
  divergences = world_.sum(is_group_root ? divergences : 0);
  slow_chains = world_.sum(is_group_root ? slow_chains : 0);
  if (divergences > 0) {
    log_.warn(fmt::format(
        "{} trajectories diverged after the warm-up: the draws miss what lies where they did. Raise "
        "sampler.target_acceptance, give a smaller sampler.step_size, or write the target in other parameters",
        divergences));
  }
  if (slow_chains > 0) {
    log_.warn(fmt::format(
        "E-BFMI of {} of {} chains is below {}: fresh momenta move them through the energies too slowly, and the "
        "tails are explored badly, whatever R-hat says. Write the target in other parameters (a funnel: non-centred)",
        slow_chains, deck_->options.run.chains, model::RunningBfmi::low));
  }
}

void Simulation::begin(const Restart& restart) {
  watchdog_.alive("start");
  const bool is_anew = restart.from == "never";
  std::string list;
  world_.together([&] {
    if (!world_.is_root()) return;
    checkpoints_.sweep();
    if (is_anew) {
      for (const auto& file : checkpoints_.candidates()) std::filesystem::remove(file);
      for (const auto& file : checkpoints_.damaged()) std::filesystem::remove(file);
      std::filesystem::remove(directory_ / "samples.h5");
    } else if (restart.from == "auto") {
      for (const auto& file : checkpoints_.candidates()) list += file.string() + "\n";
      // A fresh start would remove the draws of a run whose checkpoints were all found damaged.
      if (list.empty() && !checkpoints_.damaged().empty()) {
        throw base::FileError("all checkpoints in " + directory_.string() + " were found damaged and set aside",
                              "restore one from a backup, or begin anew with --restart never");
      }
    }
  });
  list = world_.broadcast(list);
  if (!is_anew && restart.from != "auto") {
    const std::string lost = load(restart.from);  // the user's choice: never passed over, marked or renamed
    if (!lost.empty()) throw base::FileError(lost, "put the file back, or restart from an older checkpoint");
  } else if (!list.empty()) {
    load_newest_of(list);
  } else {
    output_->segments().clear(world_);
    world_.together([&] {
      for (auto& record : records_) {
        sampler_->start(*record.chain);
        sampler_->refresh(*record.chain);
      }
    });
    return;
  }
  // The samples.h5 that is there may list draws that came after this checkpoint.
  output_->write_samples(records_, observables_, *deck_, *sampler_,
                         step_ == deck_->options.total_steps() ? "complete" : "running");
  // Only now does nothing list them any more.
  output_->segments().remove_unlisted(world_);
}

void Simulation::load_newest_of(const std::string& list) {
  const auto on_root = [&](const auto& action) {
    world_.together([&] {
      if (world_.is_root()) action();
    });
  };
  // Set aside only once an older one is in use: while none is, this run must not look like one without checkpoints.
  std::vector<std::filesystem::path> refused;
  const auto set_aside = [&] {
    on_root([&] {
      for (const auto& file : refused) checkpoints_.set_aside(file);
    });
  };
  std::size_t begin = 0;
  for (std::size_t end = list.find('\n'); end != std::string::npos; begin = end + 1, end = list.find('\n', begin)) {
    const std::filesystem::path file = list.substr(begin, end - begin);
    watchdog_.alive("restart");
    on_root([&] { checkpoints_.begin_attempt(file); });
    std::string lost;
    try {
      lost = load(file);
    } catch (const base::FileError& error) {
      log_.warn(fmt::format("{} is passed over: {}", file.string(), error.what()));
      refused.push_back(file);
      continue;
    } catch (const base::Error&) {
      on_root([&] { checkpoints_.end_attempt(file); });  // the deck's fault, not the file's
      throw;
    }
    on_root([&] { checkpoints_.end_attempt(file); });
    if (lost.empty()) return set_aside();
    log_.warn(fmt::format("{} is passed over, but whole: {}", file.string(), lost));
  }
  on_root([&] {
    for (const auto& file : refused) checkpoints_.end_attempt(file);
  });
  throw base::FileError("no checkpoint in " + directory_.string() + " can be taken up",
                        "restore what is missing from a backup, or begin anew with --restart never");
}

std::string Simulation::load(const std::filesystem::path& file) {
  io::Reader reader(world_, file);
  const deck::Node before = deck::parse(reader.attribute<std::string>("deck"), file.string());
  const auto changes = forbidden_changes(before, deck_->node);
  if (!changes.empty()) {
    std::string text = "the deck differs from that of " + file.string() + " in what is sampled:";
    for (const auto& change : changes) text += "\n  " + change;
    throw base::DeckError(text, "undo the changes, use another output.directory, or begin anew with --restart never");
  }
  const auto step = reader.attribute<std::int64_t>("step");
  if (step > deck_->options.total_steps()) {
    throw base::DeckError(fmt::format("{} is at step {}, beyond the {} steps of the deck", file.string(), step,
                                      deck_->options.total_steps()),
                          "raise run.draws");
  }
  io::load_chains(world_, reader, record_pointers(), domain_.comm().is_root());
  std::string lost = output_->segments().restore(world_, reader, [this] { watchdog_.alive("restart"); });
  if (!lost.empty()) return lost;
  output_->discard();
  step_ = step;
  sampling_seconds_ = reader.attribute<double>("sampling_seconds");
  world_.together([&] {
    for (auto& record : records_) sampler_->refresh(*record.chain);
  });
  log_.info(step_ == deck_->options.total_steps() ? fmt::format("already complete at step {}: {}", step_, file.string())
                                                  : fmt::format("goes on from {} at step {}", file.string(), step_));
  return {};
}

void Simulation::tell_status(const std::string& state) const {
  if (!world_.is_root()) return;
  const base::ExitCode code = state == "failed"    ? base::ExitCode::numerics
                              : state == "stopped" ? base::ExitCode::stopped
                                                   : base::ExitCode::done;
  write_status(directory_, {.state = state,
                            .code = code,
                            .step = step_,
                            .steps = deck_->options.total_steps(),
                            .ranks = world_.size(),
                            .sampling_seconds = sampling_seconds_,
                            .advice = advice(code)});
}

std::string Simulation::advice(base::ExitCode code) const {
  if (code == base::ExitCode::numerics) return "reduce sampler.step_size or check the data for bad values";
  if (code == base::ExitCode::stopped) return "run the same command again to go on";
  return "to see the results: scorefield report " + directory_.string();
}

std::vector<Record*> Simulation::record_pointers() {
  std::vector<Record*> pointers;
  for (auto& record : records_) pointers.push_back(&record);
  return pointers;
}

std::optional<base::NumericsError> Simulation::advance() {
  try {
    for (auto& record : records_) {
      model::Chain& chain = *record.chain;
      if (chain.step > step_) continue;
      sampler_->step(chain);
      if (chain.step <= deck_->options.run.warmup) chain.warmup_gradients = chain.gradients;
      chain.acceptance_sum += chain.acceptance;
      ++chain.steps_since_draw;
    }
  } catch (const base::NumericsError& error) {
    return error;
  }
  return {};
}

GroupPlan Simulation::plan_of(int rank) const {
  const RunSection& run = deck_->options.run;
  return plan_groups(run.chains * replicas_, world_.size(), rank, run.ranks_per_chain);
}

model::Ensemble Simulation::make_ensemble() {
  model::Ensemble ensemble{world_, domain_, {}, deck_->options.run.chains * replicas_, {}};
  for (auto& record : records_) ensemble.chains.push_back(record.chain.get());
  std::int64_t group = -1;
  for (int rank = 0; rank < world_.size(); ++rank) {
    const GroupPlan plan = plan_of(rank);
    if (plan.group != group) ensemble.groups.push_back({rank, 0, plan.last_chain});
    group = plan.group;
    ++ensemble.groups.back().ranks;
  }
  return ensemble;
}

void Simulation::observe() {
  const RunDeck& options = deck_->options;
  const std::int64_t after = step_ + 1 - options.run.warmup;
  if (after <= 0 || after % options.run.thin != 0) return;
  for (auto& record : records_) {
    sampler_->settle(*record.chain);
    record.add_draw(observables_, *target_);
  }
  const std::int64_t draw = after / options.run.thin;
  if (options.output.fields_every > 0 && draw % options.output.fields_every == 0) {
    output_->store(records_);
    output_->flush_if_full();
  }
}

Simulation::Verdict Simulation::agree(bool is_broken) {
  Verdict mine = is_checkpoint_due(step_ + 1) ? Verdict::checkpoint : Verdict::go_on;
  if (SignalGuard::received() != 0 || clock_.is_near_limit()) mine = Verdict::stop;
  if (is_broken) mine = Verdict::broken;
  return static_cast<Verdict>(world_.max(static_cast<std::int64_t>(mine)));
}

bool Simulation::is_checkpoint_due(std::int64_t step) const {
  const CheckpointSection& when = deck_->options.output.checkpoint;
  if (when.every_steps > 0 && step % when.every_steps == 0) return true;
  // Clocks differ from rank to rank: the root's decides.
  return world_.is_root() && when.every_minutes > 0.0 && now() - checkpoint_time_ >= 60.0 * when.every_minutes;
}

void Simulation::write_checkpoint(const std::string& state) {
  const double begin = now();
  watchdog_.alive("draws");
  output_->flush();
  watchdog_.alive("checkpoint");
  io::SaveArchive archive(deck_->options.run.chains * replicas_);
  io::save_chains(archive, record_pointers(), domain_.comm().is_root());
  std::vector<io::Dataset> datasets = archive.to_datasets();
  for (auto& dataset : output_->segments().listing(world_.is_root())) datasets.push_back(std::move(dataset));
  world_.broadcast(&sampling_seconds_, 1);  // clocks differ: the root's counts
  checkpoints_.write(world_, step_, datasets,
                     {{"format", std::string("scorefield-checkpoint")},
                      {"format_version", std::int64_t{1}},
                      {"step", step_},
                      {"sampling_seconds", sampling_seconds_},
                      {"seed", deck_->options.run.seed},
                      {"deck", deck_->yaml},
                      {"version", base::version()},
                      {"git_revision", base::git_revision()}});
  watchdog_.alive("samples");
  output_->write_samples(records_, observables_, *deck_, *sampler_, state);
  tell_status(state);
  checkpoint_time_ = now();
  clock_.note_checkpoint(checkpoint_time_ - begin);
  log_.note(fmt::format("checkpoint at step {} in {:.2f} s", step_, checkpoint_time_ - begin));
}

}  // namespace scorefield::run
