#include "run/run_deck.hpp"

#include <filesystem>
#include <map>

#include "base/errors.hpp"
#include "deck/override.hpp"
#include "deck/parse.hpp"

namespace scorefield::run {

namespace {
/// Noise streams count steps in 40 bits, and some samplers take two of them a step.
constexpr double most_steps = 0x1p39;
}  // namespace

deck::Schema<RunSection> RunSection::schema() {
  return deck::Schema<RunSection>("run",
                                  "What to run: chains and their lengths. Steps per chain = warmup + draws * thin.")
      .option("name", &RunSection::name, {.doc = "name of the run, for reports"})
      .option("seed", &RunSection::seed, {.doc = "seed of all random numbers", .min = 0})
      .option("chains", &RunSection::chains, {.doc = "independent chains", .min = 1, .max = 16777215})
      .option("warmup", &RunSection::warmup,
              {.unit = "steps", .doc = "steps to adapt and to forget the start", .min = 0, .max = most_steps})
      .option("draws", &RunSection::draws, {.doc = "draws kept of each chain", .min = 1, .max = most_steps})
      .option("thin", &RunSection::thin,
              {.unit = "steps", .doc = "steps from one draw to the next", .min = 1, .max = most_steps})
      .option("ranks_per_chain", &RunSection::ranks_per_chain,
              {.doc = "MPI ranks that share a chain; changes no number",
               .min = 1,
               .auto_doc = "as many as there are for each chain"})
      .option("wall_clock", &RunSection::wall_clock,
              {.unit = "s",
               .doc = "time limit: stops with a checkpoint and exit code 75 before it",
               .above = 0.0,
               .auto_doc = "no limit"})
      .option(
          "watchdog", &RunSection::watchdog,
          {.unit = "s", .doc = "without any progress for so long, the run is aborted with exit code 5", .above = 0.0})
      .check([](const RunSection& r, const deck::Report& report) {
        const double steps = static_cast<double>(r.warmup) + static_cast<double>(r.draws) * static_cast<double>(r.thin);
        if (steps > most_steps) report("draws", "warmup + draws * thin must not exceed 2^39 steps");
      });
}

deck::Schema<DomainSection> DomainSection::schema() {
  return deck::Schema<DomainSection>("domain", "The periodic lattice.")
      .option("shape", &DomainSection::shape,
              {.unit = "cells",
               .doc = "cells along each axis, slow to fast: [nx], [ny, nx] or [nz, ny, nx]",
               .required = true,
               .min = 1,
               .max = 65536,
               .min_size = 1,
               .max_size = 3})
      .option("spacing", &DomainSection::spacing,
              {.unit = "domain.unit",
               .doc = "size of a cell: one number, or one for each axis; 1 by default",
               .above = 0.0,
               .max_size = 3,
               .one_or_more = true})
      .option("length", &DomainSection::length,
              {.unit = "domain.unit",
               .doc = "instead of spacing: size of the box, one number or one for each axis",
               .above = 0.0,
               .max_size = 3,
               .one_or_more = true})
      .option("unit", &DomainSection::unit,
              {.doc = "unit of lengths; with an angle wavenumbers are multipoles of a flat sky",
               .choices = {"1", "arcmin", "degree", "radian", "Mpc/h", "Mpc", "kpc/h", "m"}})
      .check([](const DomainSection& d, const deck::Report& report) {
        if (!d.spacing.empty() && !d.length.empty()) report("length", "give either 'spacing' or 'length'");
        for (const auto* list : {&d.spacing, &d.length}) {
          if (list->size() > 1 && list->size() != d.shape.size()) {
            report(list == &d.spacing ? "spacing" : "length", "needs one number, or as many as 'shape'");
          }
        }
      });
}

deck::Schema<CheckpointSection> CheckpointSection::schema() {
  return deck::Schema<CheckpointSection>("checkpoint",
                                         "When to write checkpoints; one is also written at the end and on a stop.")
      .option("every_steps", &CheckpointSection::every_steps, {.unit = "steps", .doc = "0: not by steps", .min = 0})
      .option("every_minutes", &CheckpointSection::every_minutes, {.unit = "min", .doc = "0: not by time", .min = 0.0})
      .option("keep", &CheckpointSection::keep, {.doc = "newest checkpoints that are kept", .min = 1, .max = 1e6});
}

deck::Schema<OutputSection> OutputSection::schema() {
  return deck::Schema<OutputSection>("output", "What to write and where.")
      .option("directory", &OutputSection::directory, {.doc = "directory of all results; --output overrides it"})
      .option("fields_every", &OutputSection::fields_every,
              {.unit = "draws",
               .doc = "store every n-th draw of the field in /draws; 0: none",
               .min = 0,
               .max = most_steps})
      .option("precision", &OutputSection::precision, {.doc = "of stored draws", .choices = {"float64", "float32"}})
      .option("buffer_megabytes", &OutputSection::buffer_megabytes,
              {.unit = "MB",
               .doc = "draws kept in memory of each rank before they are written as a segment",
               .min = 1,
               .max = 1e6})
      .option("report_every", &OutputSection::report_every, {.unit = "s", .doc = "interval of progress lines"})
      .section("checkpoint", &OutputSection::checkpoint);
}

deck::Schema<RunDeck> RunDeck::schema() {
  return deck::Schema<RunDeck>("deck", "Deck of `scorefield run`.")
      .section("run", &RunDeck::run)
      .section("domain", &RunDeck::domain, {.required = true})
      .component("target", &RunDeck::target, "target", {.doc = "the distribution to sample", .required = true})
      .component("sampler", &RunDeck::sampler, "sampler", {.doc = "how to sample it; required unless there is a task"})
      .component(
          "task", &RunDeck::task, "task",
          {.doc = "what to find out about the target instead of sampling it; sampler, observables and all but the "
                  "name, seed and limits of run are then not used"})
      .components("observables", &RunDeck::observables, "observable", {.doc = "numbers to record at each draw"})
      .section("output", &RunDeck::output);
}

grid::Lattice RunDeck::lattice() const {
  const std::size_t axes = domain.shape.size();
  std::vector<double> spacing(axes, 1.0);
  for (std::size_t i = 0; i < axes; ++i) {
    if (!domain.spacing.empty()) spacing[i] = domain.spacing[domain.spacing.size() == 1 ? 0 : i];
    if (!domain.length.empty()) {
      spacing[i] = domain.length[domain.length.size() == 1 ? 0 : i] / static_cast<double>(domain.shape[i]);
    }
  }
  return {domain.shape, spacing, domain.unit};
}

ResolvedDeck resolve_deck(const std::string& text, const std::string& path, const std::vector<std::string>& overrides,
                          const deck::Catalogue& catalogue) {
  deck::Node root = deck::parse(text, path);
  for (std::size_t i = 0; i < overrides.size(); ++i) deck::apply_override(root, overrides[i], static_cast<int>(i) + 1);
  deck::Problems problems;
  deck::ParseContext context{catalogue, std::filesystem::absolute(path).parent_path(), problems};
  const auto schema = RunDeck::schema();
  ResolvedDeck resolved;
  resolved.options = deck::parse_options(root, schema, context);
  // By the key: a sampler or task that is there but wrong was reported.
  if (root.is_map() && root.find("sampler") == nullptr && root.find("task") == nullptr) {
    problems.add(root.mark(), "sampler", "is required (a sampler), unless the deck has a 'task'");
  }
  problems.throw_if_any();
  resolved.node = schema.emit(resolved.options);
  resolved.yaml = deck::to_yaml(resolved.node);
  return resolved;
}

namespace {

void flatten(const deck::Node& node, const std::string& key, std::map<std::string, std::string>& out) {
  if (node.is_map()) {
    for (const auto& entry : node.entries()) flatten(entry.value, key.empty() ? entry.key : key + "." + entry.key, out);
  } else if (node.is_list()) {
    for (std::size_t i = 0; i < node.items().size(); ++i) flatten(node.items()[i], key + "." + std::to_string(i), out);
    out[key + ".size"] = std::to_string(node.items().size());
  } else {
    out[key] = node.text();
  }
}

bool may_change(const std::string& key) {
  static constexpr const char* free_keys[] = {"run.name",     "run.draws",           "run.wall_clock",
                                              "run.watchdog", "run.ranks_per_chain", "output."};
  for (const char* prefix : free_keys) {
    // Which draws are stored, and how, must stay: they are one array.
    if (key == "output.fields_every" || key == "output.precision") return false;
    if (key.rfind(prefix, 0) == 0) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> forbidden_changes(const deck::Node& before, const deck::Node& now) {
  std::map<std::string, std::string> old_values;
  std::map<std::string, std::string> new_values;
  flatten(before, "", old_values);
  flatten(now, "", new_values);
  std::vector<std::string> changes;
  for (const auto& [key, value] : old_values) {
    if (may_change(key)) continue;
    const auto found = new_values.find(key);
    if (found == new_values.end()) {
      changes.push_back(key + ": was " + value + ", is no longer there");
    } else if (found->second != value) {
      changes.push_back(key + ": was " + value + ", is " + found->second);
    }
  }
  for (const auto& [key, value] : new_values) {
    if (!may_change(key) && old_values.count(key) == 0) changes.push_back(key + ": was not there, is " + value);
  }
  return changes;
}

}  // namespace scorefield::run
