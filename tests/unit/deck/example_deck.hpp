#pragma once
// A small program's worth of schemas, in the shape of a real deck, for the tests of the deck layer.

#include "deck/override.hpp"
#include "deck/parse.hpp"
#include "deck/registry.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scorefield::deck::example {

struct Checkpoint {
  std::int64_t every_steps = 500;
  std::optional<Duration> every_minutes = Duration{300.0};
  std::int64_t keep = 2;
  static Schema<Checkpoint> schema() {
    return Schema<Checkpoint>("checkpoint", "When a checkpoint is written.")
        .option("every_steps", &Checkpoint::every_steps, {.unit = "steps", .doc = "interval", .min = 1})
        .option("every_minutes", &Checkpoint::every_minutes,
                {.doc = "interval on the clock", .above = 0.0, .auto_doc = "never"})
        .option("keep", &Checkpoint::keep, {.doc = "how many are kept", .min = 1, .max = 100});
  }
};

struct Run {
  std::string name;
  std::int64_t seed = 0;
  std::int64_t warmup = 100, draws = 1000;
  bool verbose = false;
  std::optional<Duration> wall_clock;
  Checkpoint checkpoint;
  static Schema<Run> schema() {
    return Schema<Run>("run", "How long, and from which seed.")
        .option("name", &Run::name, {.doc = "of the run", .required = true})
        .option("seed", &Run::seed, {.doc = "of all random numbers", .min = 0})
        .option("warmup", &Run::warmup, {.unit = "steps", .doc = "before the draws", .min = 0})
        .option("draws", &Run::draws, {.doc = "stored per chain", .min = 0})
        .option("verbose", &Run::verbose, {.doc = "say more"})
        .option("wall_clock", &Run::wall_clock, {.doc = "stop before this", .auto_doc = "no limit"})
        .section("checkpoint", &Run::checkpoint);
  }
};

struct Domain {
  std::vector<std::int64_t> shape;
  double spacing = 1.0;
  std::optional<std::vector<double>> length;
  static Schema<Domain> schema() {
    return Schema<Domain>("domain", "The lattice.")
        .option("shape", &Domain::shape,
                {.unit = "cells",
                 .doc = "cells per axis",
                 .required = true,
                 .min = 1,
                 .max = 1e6,
                 .min_size = 2,
                 .max_size = 3})
        .option("spacing", &Domain::spacing, {.unit = "length", .doc = "of the cells", .above = 0.0})
        .option("length", &Domain::length,
                {.unit = "length", .doc = "of the box", .above = 0.0, .auto_doc = "shape * spacing"})
        .check([](const Domain& d, auto report) {
          if (d.length && d.length->size() != d.shape.size())
            report("length", "needs one length for each axis of shape");
        });
  }
};

struct Root {
  Run run;
  Domain domain;
  Component target, sampler;
  std::vector<Component> observables;
  static Schema<Root> schema() {
    return Schema<Root>("deck", "A run.")
        .section("run", &Root::run)
        .section("domain", &Root::domain)
        .component("target", &Root::target, "target", {.doc = "what is sampled", .required = true})
        .component("sampler", &Root::sampler, "sampler", {.doc = "how", .required = true})
        .components("observables", &Root::observables, "observable", {.doc = "what is recorded"});
  }
};

struct Interface {
  virtual ~Interface() = default;
  [[nodiscard]] virtual std::string text() const = 0;
};

struct MalaOptions {
  std::optional<double> step_size;
  double target_acceptance = 0.574;
  std::string start = "prior";
  bool adapt = true;
};
struct Mala : Interface {
  using Options = MalaOptions;
  static Schema<Options> schema() {
    return Schema<Options>("mala", "Metropolis-adjusted Langevin algorithm. With a warm-up.")
        .reference("Roberts & Rosenthal 1998")
        .example("{type: mala, step_size: 0.1}")
        .option("step_size", &Options::step_size,
                {.unit = "1", .doc = "h of the proposal", .above = 0.0, .auto_doc = "adapted in warm-up"})
        .option("target_acceptance", &Options::target_acceptance,
                {.unit = "1", .doc = "aimed at", .above = 0.0, .below = 1.0})
        .option("start", &Options::start, {.doc = "first state", .choices = {"prior", "zero"}})
        .option("adapt", &Options::adapt, {.doc = "adapt the step"})
        .check([](const Options& o, auto report) {
          if (!o.adapt && !o.step_size) report("step_size", "must be given when adapt is false");
        });
  }
  Mala(const Options& options, const int& rank) : step_(options.step_size.value_or(-1.0)), rank_(rank) {}
  [[nodiscard]] std::string text() const override { return std::to_string(rank_) + " mala " + std::to_string(step_); }
  double step_;
  int rank_;
};

struct ExactOptions {
  double tolerance = 1e-10;
};
struct Exact : Interface {
  using Options = ExactOptions;
  static Schema<Options> schema() {
    return Schema<Options>("gaussian_exact", "Independent draws by perturb-and-solve.")
        .example("gaussian_exact")
        .option("tolerance", &Options::tolerance, {.unit = "1", .doc = "relative residual", .min = 1e-14, .max = 0.1});
  }
  Exact(const Options&, const int&) {}
  [[nodiscard]] std::string text() const override { return "exact"; }
};

struct FieldOptions {
  FilePath spectrum;
  std::vector<std::string> labels;
  std::string unit = "1";
};
struct GaussianField : Interface {
  using Options = FieldOptions;
  static Schema<Options> schema() {
    return Schema<Options>("gaussian_field", "A Gaussian field.")
        .example("gaussian_field")
        .option("spectrum", &Options::spectrum, {.doc = "table", .must_exist = true})
        .option("labels", &Options::labels, {.doc = "of the components"})
        .option("unit", &Options::unit, {.doc = "of the field"});
  }
  GaussianField(const Options&, const int&) {}
  [[nodiscard]] std::string text() const override { return "gaussian_field"; }
};

struct PosteriorOptions {
  Component prior;
  std::vector<Component> likelihoods;
};
struct Posterior : Interface {
  using Options = PosteriorOptions;
  static Schema<Options> schema() {
    return Schema<Options>("posterior", "Prior and likelihoods.")
        .example("{type: posterior, prior: gaussian_field, likelihoods: [gaussian_field]}")
        .component("prior", &Options::prior, "target", {.doc = "before the data", .required = true})
        .components("likelihoods", &Options::likelihoods, "target",
                    {.doc = "data sets", .required = true, .min_size = 1});
  }
  Posterior(const Options&, const int&) {}
  [[nodiscard]] std::string text() const override { return "posterior"; }
};

struct NoOptions {};
template <char letter>
struct Observable : Interface {
  using Options = NoOptions;
  static Schema<Options> schema() {
    return Schema<Options>(letter == 'e' ? "energy" : "power_spectrum", "A number per draw.").example("energy");
  }
  Observable(const Options&, const int&) {}
  [[nodiscard]] std::string text() const override { return {letter}; }
};

/// The catalogue with its registries, as a program would own them.
struct Components {
  Catalogue catalogue;
  Registry<Interface, const int> targets{catalogue.family("target", "Distributions.")};
  Registry<Interface, const int> samplers{catalogue.family("sampler", "Transitions.")};
  Registry<Interface, const int> observables{catalogue.family("observable")};
  Components() {
    targets.add<GaussianField>().add<Posterior>();
    samplers.add<Mala>().add<Exact>();
    observables.add<Observable<'e'>>().add<Observable<'p'>>();
  }
};

inline Root read(const Node& deck, const Components& components, const std::filesystem::path& folder = "/decks") {
  Problems problems;
  ParseContext context{components.catalogue, folder, problems};
  Root root = parse_options(deck, Root::schema(), context);
  problems.throw_if_any();
  return root;
}

inline Root read(const std::string& text, const Components& components) {
  return read(parse(text, "deck.yaml"), components);
}

inline const char* good_deck() {
  return "run: {name: demo, seed: 7, wall_clock: 02:30:00}\n"
         "domain:\n"
         "  shape: [16, 32]\n"
         "  spacing: 0.5\n"
         "target: gaussian_field\n"
         "sampler:\n"
         "  type: mala\n"
         "  step_size: auto\n"
         "observables: [energy, power_spectrum]\n";
}

}  // namespace scorefield::deck::example
