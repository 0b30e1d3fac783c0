#include "deck/registry.hpp"

#include "example_deck.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace scorefield::deck::example {
namespace {

TEST(Registry, BuildsWhatTheDeckNames) {
  const Components components;
  const Root root =
      read("run: {name: x}\ndomain: {shape: [4, 4]}\ntarget: gaussian_field\nsampler: {type: mala, step_size: 0.5}\n",
           components);
  const int rank = 3;
  EXPECT_EQ(components.samplers.build(root.sampler, rank)->text(), "3 mala 0.500000");
  EXPECT_EQ(components.targets.build(root.target, rank)->text(), "gaussian_field");
  EXPECT_THROW((void)components.targets.build(root.sampler, rank), std::logic_error);
  EXPECT_EQ(components.samplers.names(), (std::vector<std::string>{"mala", "gaussian_exact"}));
}

TEST(Registry, NamesAreTakenOnce) {
  Components components;
  EXPECT_THROW(components.samplers.add<Mala>(), std::logic_error);
}

TEST(Component, OptionsOfTheWrongTypeThrow) {
  const Components components;
  const Root root = read(good_deck(), components);
  EXPECT_NO_THROW((void)root.sampler.as<MalaOptions>());
  EXPECT_THROW((void)root.sampler.as<ExactOptions>(), std::logic_error);
  EXPECT_FALSE(Component{});
  EXPECT_THROW((void)Component{}.as<MalaOptions>(), std::logic_error);
}

TEST(Catalogue, EveryExampleIsAComponent) {
  const Components components;
  for (const auto& [name, family] : components.catalogue.all()) {
    for (const Entry& entry : family.entries()) {
      Problems problems;
      ParseContext context{components.catalogue, "/", problems};
      EXPECT_TRUE(parse_component(parse_value(entry.schema.example(), "example"), name, context, name)) << entry.name();
      EXPECT_EQ(problems.text(), "");
    }
  }
}

TEST(Catalogue, FindsComponentsOfAnyFamily) {
  const Components components;
  ASSERT_NE(components.catalogue.find_component("mala"), nullptr);
  EXPECT_EQ(components.catalogue.find_component("mala")->schema.reference(), "Roberts & Rosenthal 1998");
  EXPECT_EQ(components.catalogue.find_component("hmc"), nullptr);
  EXPECT_EQ(components.catalogue.find("nothing"), nullptr);
}

TEST(Catalogue, AFamilyThatDoesNotExistIsADefectOfTheProgram) {
  const Catalogue catalogue;
  Problems problems;
  ParseContext context{catalogue, "/", problems};
  EXPECT_THROW((void)parse_component(Node::of("x"), "target", context, "target"), std::logic_error);
}

}  // namespace
}  // namespace scorefield::deck::example
