#include "deck/schema.hpp"

#include "base/errors.hpp"
#include "example_deck.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

namespace scorefield::deck::example {
namespace {

std::string refusal(const std::string& text) {
  const Components components;
  try {
    (void)read(text, components);
  } catch (const base::DeckError& error) {
    return error.what();
  }
  return "";
}

TEST(Schema, ReadsADeck) {
  const Components components;
  const Root root = read(good_deck(), components);
  EXPECT_EQ(root.run.name, "demo");
  EXPECT_EQ(root.run.seed, 7);
  EXPECT_EQ(root.run.draws, 1000);
  ASSERT_TRUE(root.run.wall_clock);
  EXPECT_EQ(root.run.wall_clock->seconds, 9000.0);
  EXPECT_EQ(root.run.checkpoint.keep, 2);
  EXPECT_EQ(root.domain.shape, (std::vector<std::int64_t>{16, 32}));
  EXPECT_EQ(root.domain.spacing, 0.5);
  EXPECT_EQ(root.sampler.type, "mala");
  EXPECT_FALSE(root.sampler.as<MalaOptions>().step_size);
  EXPECT_EQ(root.sampler.mark.text(), "deck.yaml:7:3");
  ASSERT_EQ(root.observables.size(), 2U);
  EXPECT_EQ(root.observables[1].type, "power_spectrum");
  EXPECT_EQ(root.target.as<FieldOptions>().unit, "1");
}

TEST(Schema, ResolvedDeckIsADeckAndStaysTheSame) {
  const Components components;
  const std::string resolved = to_yaml(Root::schema().emit(read(good_deck(), components)));
  EXPECT_EQ(to_yaml(Root::schema().emit(read(resolved, components))), resolved);
  EXPECT_EQ(
      resolved,
      "run:\n  name: demo\n  seed: 7\n  warmup: 100\n  draws: 1000\n  verbose: false\n  wall_clock: \"02:30:00\"\n"
      "  checkpoint:\n    every_steps: 500\n    every_minutes: \"00:05:00\"\n    keep: 2\n"
      "domain:\n  shape: [16, 32]\n  spacing: 0.5\n  length: auto\n"
      "target:\n  type: gaussian_field\n  spectrum: \"\"\n  labels: []\n  unit: \"1\"\n"
      "sampler:\n  type: mala\n  step_size: auto\n  target_acceptance: 0.574\n  start: prior\n  adapt: true\n"
      "observables: [energy, power_spectrum]\n");
}

TEST(Schema, NestedComponents) {
  const Components components;
  const Root root = read(
      "run: {name: x}\ndomain: {shape: [4, 4]}\nsampler: gaussian_exact\n"
      "target: {type: posterior, prior: gaussian_field, likelihoods: [{type: posterior, prior: gaussian_field, "
      "likelihoods: "
      "[gaussian_field]}]}\n",
      components);
  const auto& posterior = root.target.as<PosteriorOptions>();
  EXPECT_EQ(posterior.prior.type, "gaussian_field");
  EXPECT_EQ(posterior.likelihoods[0].as<PosteriorOptions>().likelihoods[0].type, "gaussian_field");
  const std::string resolved = to_yaml(Root::schema().emit(root));
  EXPECT_EQ(to_yaml(Root::schema().emit(read(resolved, components))), resolved);
}

TEST(Schema, AllProblemsAtOnceInOrder) {
  EXPECT_EQ(
      refusal("run: {name: x, sed: 7, draws: -1}\n"
              "domain:\n  shape: [16, 0]\n  spacing: \"1\"\n"
              "target: gaussian_feild\n"
              "sampler: {type: mala, step_size: 0, start: posterior}\n"
              "output: {}\n"),
      "deck.yaml:1:16: run.sed: unknown key: did you mean 'seed'? (valid keys: name, seed, warmup, draws, verbose, "
      "wall_clock, checkpoint)\n"
      "deck.yaml:1:31: run.draws: must be >= 0, got -1\n"
      "deck.yaml:3:15: domain.shape.1: must be >= 1 and <= 1000000, got 0\n"
      "deck.yaml:4:12: domain.spacing: expected a number, got the quoted text \"1\": remove the quotes\n"
      "deck.yaml:5:9: target: there is no target 'gaussian_feild': did you mean 'gaussian_field'? (available: "
      "gaussian_field, posterior)\n"
      "deck.yaml:6:34: sampler.step_size: must be > 0, got 0\n"
      "deck.yaml:6:44: sampler.start: 'posterior' is not a choice (choices: prior, zero)\n"
      "deck.yaml:7:1: output: unknown key (valid keys: run, domain, target, sampler, observables)");
}

TEST(Schema, ChecksAcrossOptionsRunOnlyOnSoundOptions) {
  const std::string head = "run: {name: x}\ntarget: gaussian_field\nsampler: gaussian_exact\n";
  EXPECT_EQ(refusal(head + "domain: {shape: [4, 4], length: [1.0]}"),
            "deck.yaml:4:33: domain.length: needs one length for each axis of shape");
  EXPECT_EQ(refusal(head + "domain: {shape: [4, x], length: [1.0]}").find("one length"), std::string::npos);
  // The key of the report is absent: the place is the component's.
  EXPECT_EQ(
      refusal("run: {name: x}\ntarget: gaussian_field\ndomain: {shape: [4, 4]}\nsampler: {type: mala, adapt: false}"),
      "deck.yaml:4:10: sampler.step_size: must be given when adapt is false");
}

TEST(Schema, ProblemsOfOverridesNameTheArgument) {
  const Components components;
  Node deck = parse(good_deck(), "deck.yaml");
  apply_override(deck, "sampler.step_size=-1", 3);
  apply_override(deck, "run.sede=1", 4);
  try {
    (void)read(deck, components);
    FAIL() << "accepted";
  } catch (const base::DeckError& error) {
    EXPECT_EQ(std::string(error.what())
                  .find("command line argument 3: sampler.step_size: must be > 0, got -1\n"
                        "command line argument 4: run.sede: unknown key: did you mean 'seed'?"),
              0U)
        << error.what();
  }
}

TEST(Schema, AutoIsNoValueAndAQuotedAutoIsAText) {
  struct Options {
    std::optional<std::string> name = "x";
    std::optional<std::vector<double>> list;
  };
  const auto schema = Schema<Options>("s", "d")
                          .option("name", &Options::name, {.doc = "d"})
                          .option("list", &Options::list, {.doc = "d", .auto_word = "none"});
  const Catalogue catalogue;
  Problems problems;
  ParseContext context{catalogue, "/", problems};
  EXPECT_FALSE(parse_options(parse("name: auto", "x"), schema, context).name);
  const Options quoted = parse_options(parse("name: \"auto\"\nlist: [1]", "x"), schema, context);
  EXPECT_EQ(quoted.name, "auto");
  EXPECT_EQ(quoted.list, std::vector<double>{1.0});
  EXPECT_EQ(to_flow_yaml(schema.emit(quoted)), "{name: \"auto\", list: [1.0]}");
  EXPECT_EQ(to_flow_yaml(schema.emit({})), "{name: x, list: none}");
  EXPECT_TRUE(problems.empty());
}

TEST(Schema, OptionalSections) {
  struct Outer {
    std::optional<Checkpoint> checkpoint;
  };
  const auto schema = Schema<Outer>("outer", "d").section("checkpoint", &Outer::checkpoint);
  const Catalogue catalogue;
  Problems problems;
  ParseContext context{catalogue, "/", problems};
  EXPECT_FALSE(parse_options(parse("{}", "x"), schema, context).checkpoint);
  const Outer given = parse_options(parse("checkpoint: {keep: 5}", "x"), schema, context);
  ASSERT_TRUE(given.checkpoint);
  EXPECT_EQ(given.checkpoint->keep, 5);
  EXPECT_EQ(to_flow_yaml(schema.emit({})), "{}");
  EXPECT_TRUE(problems.empty());
}

class FilePaths : public testing::Test {
 protected:
  struct Options {
    FilePath file;
  };
  std::string path_of(const std::string& deck, const std::string& assignment = "") {
    Node node = parse(deck, "deck.yaml");
    if (!assignment.empty()) apply_override(node, assignment, 1);
    ParseContext context{catalogue_, "/decks/here", problems_};
    const auto schema =
        Schema<Options>("s", "d").option("file", &Options::file, {.doc = "d", .must_exist = must_exist_});
    return parse_options(node, schema, context).file.path();
  }
  Catalogue catalogue_;
  Problems problems_;
  bool must_exist_ = false;
};

TEST_F(FilePaths, CountFromTheDeckOrFromHere) {
  EXPECT_EQ(path_of("file: ../data/x.h5"), "/decks/data/x.h5");
  EXPECT_EQ(path_of("file: /abs/x.h5"), "/abs/x.h5");
  EXPECT_EQ(path_of("file: x", "file=../y.h5"), (std::filesystem::current_path().parent_path() / "y.h5").string());
  EXPECT_EQ(path_of("file: \"\""), "");
  EXPECT_TRUE(problems_.empty());
}

TEST_F(FilePaths, MustExist) {
  must_exist_ = true;
  EXPECT_EQ(path_of("file: /dev/null"), "/dev/null");
  EXPECT_TRUE(problems_.empty());
  EXPECT_EQ(path_of("file: nothing.h5"), "");
  EXPECT_EQ(problems_.text(), "deck.yaml:1:7: file: file not found: /decks/here/nothing.h5");
  EXPECT_EQ(path_of("file: " + std::string(100000, 'x')), "");  // a name no file system takes is no exception
}

TEST(Schema, DefectsOfDeclarations) {
  const Components components;
  for (const auto& [name, family] : components.catalogue.all()) {
    for (const Entry& entry : family.entries())
      EXPECT_EQ(entry.schema.defects(), std::vector<std::string>{}) << entry.name();
  }
  EXPECT_TRUE(Root::schema().any().defects().empty());
  struct Bad {
    double low = -1.0;
    std::string word = "c";
    bool flag = false;
    std::int64_t no_doc = 0;
  };
  const auto schema = Schema<Bad>("bad", "")
                          .option("low", &Bad::low, {.doc = "d", .min = 0.0, .auto_doc = "x"})
                          .option("word", &Bad::word, {.doc = "d", .choices = {"a", "b"}})
                          .option("flag", &Bad::flag, {.doc = "d", .max = 1.0, .min_size = 1, .must_exist = true})
                          .option("no_doc", &Bad::no_doc, {.choices = {"1"}});
  EXPECT_EQ(schema.any().defects().size(), 9U);
}

TEST(Schema, WrongDeclarationsThrow) {
  struct Options {
    double x = 0.0;
  };
  Schema<Options> schema("s", "d");
  schema.option("x", &Options::x, {.doc = "d"});
  EXPECT_THROW(schema.option("x", &Options::x, {.doc = "d"}), std::logic_error);
  EXPECT_THROW(schema.option("type", &Options::x, {.doc = "d"}), std::logic_error);
}

}  // namespace
}  // namespace scorefield::deck::example
