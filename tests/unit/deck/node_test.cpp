#include "deck/node.hpp"

#include "deck/parse.hpp"

#include <gtest/gtest.h>

#include <string>

namespace scorefield::deck {
namespace {

std::string back(const std::string& value) {
  Node map = Node::map();
  map.set("k", Node::of(value));
  return parse(to_yaml(map), "x").find("k")->text();
}

TEST(Node, TextsComeBackWhateverTheyHold) {
  for (const std::string& text : {std::string("plain"),
                                  std::string(""),
                                  std::string(" x "),
                                  std::string("true"),
                                  std::string("1e5"),
                                  std::string("a: b"),
                                  std::string("- x"),
                                  std::string("#no"),
                                  std::string("it's \"so\""),
                                  std::string("two\nlines\ttab\r"),
                                  std::string("back\\slash"),
                                  std::string("\x01\x7F"),
                                  std::string("null"),
                                  std::string("~"),
                                  std::string("\xC3\xA9t\xC3\xA9"),
                                  std::string("{a}"),
                                  std::string(3000, 'x'),
                                  std::string("*a"),
                                  std::string("%x"),
                                  std::string("...")}) {
    // Control characters are written as escapes: the file itself holds none.
    EXPECT_EQ(back(text), text);
  }
}

TEST(Node, NullTextStaysAText) {
  Node map = Node::map();
  map.set("k", Node::of("null"));
  EXPECT_TRUE(parse(to_yaml(map), "x").find("k")->is_scalar());
}

TEST(Node, WritesBlocksAndShortLists) {
  const std::string yaml =
      "run:\n  name: demo\n  list: [1, 2.0, three]\nitems:\n  - type: a\n    deep:\n      x: []\n      z: {}\n  - b\n";
  EXPECT_EQ(to_yaml(parse(yaml, "x")), yaml);
  EXPECT_EQ(to_flow_yaml(parse(yaml, "x")),
            "{run: {name: demo, list: [1, 2.0, three]}, items: [{type: a, deep: {x: [], z: {}}}, b]}");
}

TEST(Node, KeysAreQuotedWhenNeeded) {
  Node map = Node::map();
  map.set("a b: c", Node::of(std::int64_t{1}));
  map.set("true", Node::of(true));
  const Node again = parse(to_yaml(map), "x");
  EXPECT_NE(again.find("a b: c"), nullptr);
  EXPECT_NE(again.find("true"), nullptr);
}

TEST(Node, SetReplacesInPlace) {
  Node map = Node::map();
  map.set("a", Node::of(1.0));
  map.set("b", Node::of(2.0));
  map.set("a", Node::of(3.0));
  EXPECT_EQ(to_flow_yaml(map), "{a: 3.0, b: 2.0}");
}

TEST(Node, Descriptions) {
  EXPECT_EQ(Node::scalar("x", false).described(), "'x'");
  EXPECT_EQ(Node::scalar("x", true).described(), "the quoted text \"x\"");
  EXPECT_EQ(Node::list().described(), "a list");
  EXPECT_EQ(Node::map().described(), "a map");
  EXPECT_EQ(Node::null().described(), "nothing");
}

TEST(Node, ShownTextIsShortAndWhole) {
  EXPECT_EQ(shown("abc\n\x07"), "abc??");
  EXPECT_EQ(shown(std::string(61, 'a')), std::string(60, 'a') + "...");
  EXPECT_EQ(shown(std::string(59, 'a') + "\xC3\xA9"), std::string(59, 'a') + "...");
}

TEST(Node, MarksAreOneBased) {
  EXPECT_EQ((Mark{"deck.yaml", 3, 7}).text(), "deck.yaml:3:7");
  EXPECT_EQ((Mark{"command line argument 2", 0, 2}).text(), "command line argument 2");
}

}  // namespace
}  // namespace scorefield::deck
