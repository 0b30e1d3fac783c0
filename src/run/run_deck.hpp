#pragma once
/// The deck of `scorefield run`: typed, checked, and written back with all defaults.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "deck/catalogue.hpp"
#include "grid/lattice.hpp"

namespace scorefield::run {

struct RunSection {
  std::string name = "run";
  std::int64_t seed = 1;
  std::int64_t chains = 4;
  std::int64_t warmup = 0;
  std::int64_t draws = 100;
  std::int64_t thin = 1;
  std::optional<std::int64_t> ranks_per_chain;
  std::optional<deck::Duration> wall_clock;
  deck::Duration watchdog{900.0};
  static deck::Schema<RunSection> schema();
};

struct DomainSection {
  std::vector<std::int64_t> shape;
  std::vector<double> spacing;
  std::vector<double> length;
  std::string unit = "1";
  static deck::Schema<DomainSection> schema();
};

struct CheckpointSection {
  std::int64_t every_steps = 0;
  double every_minutes = 10.0;
  std::int64_t keep = 2;
  static deck::Schema<CheckpointSection> schema();
};

struct OutputSection {
  std::string directory = "out";
  std::int64_t fields_every = 1;
  std::string precision = "float64";
  std::int64_t buffer_megabytes = 64;
  deck::Duration report_every{10.0};
  CheckpointSection checkpoint;
  static deck::Schema<OutputSection> schema();
};

struct RunDeck {
  RunSection run;
  DomainSection domain;
  deck::Component target;
  deck::Component sampler;  ///< may be empty where there is a task, and is not used then
  deck::Component task;     ///< empty: sample
  std::vector<deck::Component> observables;
  OutputSection output;
  static deck::Schema<RunDeck> schema();

  [[nodiscard]] std::int64_t total_steps() const { return run.warmup + run.draws * run.thin; }
  [[nodiscard]] grid::Lattice lattice() const;
};

/// A deck with all defaults filled in, as it was understood.
struct ResolvedDeck {
  RunDeck options;
  deck::Node node;   ///< resolved
  std::string yaml;  ///< of node: itself a valid deck
};

/// Parses and checks a deck with its overrides ("key.path=value"). Throws base::DeckError with every problem found.
/// `text` was read from `path` (base directory of relative paths).
ResolvedDeck resolve_deck(const std::string& text, const std::string& path, const std::vector<std::string>& overrides,
                          const deck::Catalogue& catalogue);

/// Differences between the deck of a checkpoint and a new one that change what is sampled, one line each. Free to
/// change: run.name, run.draws, run.wall_clock, run.watchdog, run.ranks_per_chain, output.
std::vector<std::string> forbidden_changes(const deck::Node& before, const deck::Node& now);

}  // namespace scorefield::run
