#include "deck/override.hpp"

#include "base/errors.hpp"
#include "deck/parse.hpp"

#include <gtest/gtest.h>

namespace scorefield::deck {
namespace {

std::string after(const std::string& deck, const std::string& assignment) {
  Node root = parse(deck, "deck.yaml");
  apply_override(root, assignment, 1);
  return to_flow_yaml(root);
}

std::string refusal(const std::string& assignment) {
  Node root = parse("a: {b: 1, list: [1, {c: 2}]}", "deck.yaml");
  try {
    apply_override(root, assignment, 3);
  } catch (const base::DeckError& error) {
    return error.what();
  }
  return "";
}

TEST(Override, SetsValuesOfEveryKind) {
  EXPECT_EQ(after("a: {b: 1, c: 2}", "a.b=5"), "{a: {b: 5, c: 2}}");
  EXPECT_EQ(after("a: 1", "a=[1, 2]"), "{a: [1, 2]}");
  EXPECT_EQ(after("a: 1", "b={type: mala, x: 1.0}"), "{a: 1, b: {type: mala, x: 1.0}}");
  EXPECT_EQ(after("a: 1", "a=\"1\""), "{a: \"1\"}");
  EXPECT_EQ(after("a: 1", "a=x=y"), "{a: \"x=y\"}");
}

TEST(Override, MakesMapsOnTheWay) {
  EXPECT_EQ(after("a: 1", "b.c.d=5"), "{a: 1, b: {c: {d: 5}}}");
  EXPECT_EQ(after("a:", "a.b=1"), "{a: {b: 1}}");
}

TEST(Override, ReachesIntoLists) {
  EXPECT_EQ(after("a: [1, {c: 2}]", "a.0=7"), "{a: [7, {c: 2}]}");
  EXPECT_EQ(after("a: [1, {c: 2}]", "a.1.c=7"), "{a: [1, {c: 7}]}");
  EXPECT_EQ(after("a: [energy]", "a.0.bins=7"), "{a: [{type: energy, bins: 7}]}");
}

TEST(Override, OptionOfAPlainWordKeepsItsType) {
  EXPECT_EQ(after("sampler: mala", "sampler.step_size=0.1"), "{sampler: {type: mala, step_size: 0.1}}");
}

TEST(Override, MarksNameTheArgument) {
  Node root = parse("a: {b: 1}", "deck.yaml");
  apply_override(root, "a.b={x: [1]}", 3);
  EXPECT_EQ(root.find("a")->find("b")->find("x")->items()[0].mark().text(), "command line argument 3");
  EXPECT_EQ(root.find("a")->entries()[0].mark.text(), "command line argument 3");
  EXPECT_EQ(root.find("a")->mark().text(), "deck.yaml:1:4");
}

TEST(Override, RefusesWhatIsMalformed) {
  EXPECT_NE(refusal("a.b").find("command line argument 3: 'a.b': an override is key.path=value"), std::string::npos);
  EXPECT_NE(refusal("=1").find("empty part"), std::string::npos);
  EXPECT_NE(refusal("a..b=1").find("empty part"), std::string::npos);
  EXPECT_NE(refusal("a.b.=1").find("empty part"), std::string::npos);
  EXPECT_NE(refusal("a.b=").find("nothing after '='"), std::string::npos);
  EXPECT_NE(refusal("a.list.2=1").find("'2' is no item of a list of 2"), std::string::npos);
  EXPECT_NE(refusal("a.list.-1=1").find("is no item"), std::string::npos);
  EXPECT_NE(refusal("a.list.x=1").find("is no item"), std::string::npos);
  EXPECT_NE(refusal("a.b=[1, 2").find("command line argument 3: 'a.b=[1, 2'"), std::string::npos);
  EXPECT_NE(refusal("a.b=*x").find("aliases"), std::string::npos);
  std::string deep = "a";
  for (int i = 0; i < 100000; ++i) deep += ".a";
  EXPECT_NE(refusal(deep + "=1").find("deeper than 32"), std::string::npos);
}

}  // namespace
}  // namespace scorefield::deck
