#include "deck/describe.hpp"

#include "example_deck.hpp"

#include <gtest/gtest.h>

namespace scorefield::deck::example {
namespace {

TEST(Describe, TerminalShowsEveryPartOfAnOption) {
  EXPECT_EQ(describe(Mala::schema(), Style::terminal),
            "mala\n"
            "  Metropolis-adjusted Langevin algorithm. With a warm-up.\n"
            "  Reference: Roberts & Rosenthal 1998\n"
            "  Example: {type: mala, step_size: 0.1}\n"
            "\n"
            "  option             type            unit  default  accepts\n"
            "  step_size          number or auto  1     auto     > 0\n"
            "      h of the proposal; auto: adapted in warm-up\n"
            "  target_acceptance  number          1     0.574    > 0 and < 1\n"
            "      aimed at\n"
            "  start              text                  prior    one of prior, zero\n"
            "      first state\n"
            "  adapt              true or false         true\n"
            "      adapt the step\n");
}

TEST(Describe, MarkdownIsATable) {
  EXPECT_EQ(describe(Exact::schema(), Style::markdown),
            "### gaussian_exact\n\nIndependent draws by perturb-and-solve.\n\n```yaml\ngaussian_exact\n```\n\n"
            "| option | type | unit | default | accepts | meaning |\n|---|---|---|---|---|---|\n"
            "| `tolerance` | number | 1 | `1.0e-10` | >= 1.0e-14 and <= 0.1 | relative residual |\n");
}

TEST(Describe, SectionsAreIncluded) {
  const std::string text = describe(Root::schema(), Style::markdown);
  for (const char* expected :
       {"| `run.checkpoint` | section |", "| `run.checkpoint.keep` | whole number |  | `2` | >= 1 and <= 100 |",
        "| `domain.shape` | list of whole numbers | cells | required |", "2 to 3 items",
        "| `target` | target |  | required |", "| `observables` | list of observable |  | `[]` |",
        "| `run.wall_clock` | duration or auto |"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
}

TEST(Describe, RequiredAndOptionalSections) {
  struct Options {
    Domain domain;
    std::optional<Checkpoint> checkpoint;
  };
  const auto schema = Schema<Options>("s", "d")
                          .section("domain", &Options::domain, {.required = true})
                          .section("checkpoint", &Options::checkpoint);
  const std::string text = describe(schema, Style::markdown);
  EXPECT_NE(text.find("| `domain` | section |  | required |"), std::string::npos) << text;
  EXPECT_NE(text.find("| `checkpoint` | section |  | none |"), std::string::npos) << text;
  EXPECT_NE(text.find("| `checkpoint.keep` |"), std::string::npos) << text;
}

TEST(Describe, AllHoldsEveryComponentAndOption) {
  const Components components;
  for (const Style style : {Style::terminal, Style::markdown}) {
    const std::string text = describe_all(components.catalogue, style);
    for (const auto& [name, family] : components.catalogue.all()) {
      EXPECT_NE(text.find(name), std::string::npos);
      for (const Entry& entry : family.entries()) {
        EXPECT_NE(text.find(entry.name()), std::string::npos);
        for (const std::string& option : entry.schema.option_names()) EXPECT_NE(text.find(option), std::string::npos);
      }
    }
  }
  EXPECT_NE(overview(components.catalogue).find("mala            Metropolis-adjusted Langevin algorithm\n"),
            std::string::npos)
      << overview(components.catalogue);
}

TEST(Describe, PipesDoNotBreakTheTable) {
  struct Options {
    double x = 1.0;
  };
  const auto schema = Schema<Options>("s", "d").option("x", &Options::x, {.doc = "|k|"});
  EXPECT_NE(describe(schema, Style::markdown).find("\\|k\\|"), std::string::npos);
}

}  // namespace
}  // namespace scorefield::deck::example
