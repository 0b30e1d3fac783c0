// Every deck in bad_decks.txt is refused with the message it names, within a second.

#include "base/errors.hpp"
#include "example_deck.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace scorefield::deck::example {
namespace {

struct Case {
  std::string name, deck;
  std::vector<std::string> expected, overrides;
};

std::vector<Case> read_cases() {
  const std::string path = std::string(SCOREFIELD_SOURCE_DIR) + "/tests/decks/bad_decks.txt";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Case> cases;
  bool in_deck = false;
  for (std::string line; std::getline(file, line);) {
    const auto field = [&](const std::string& key) { return line.starts_with(key) ? line.substr(key.size()) : ""; };
    if (line.starts_with("=== ")) {
      cases.push_back({line.substr(4), "", {}, {}});
      in_deck = false;
    } else if (cases.empty()) {
      continue;  // the explanation at the top
    } else if (in_deck) {
      cases.back().deck += line + "\n";
    } else if (line == "deck:") {
      in_deck = true;
    } else if (const auto expected = field("expect: "); !expected.empty()) {
      cases.back().expected.push_back(expected);
    } else if (const auto assignment = field("override: "); !assignment.empty()) {
      cases.back().overrides.push_back(assignment);
    } else {
      throw std::runtime_error(path + ": '" + line + "' in case '" + cases.back().name + "'");
    }
  }
  return cases;
}

std::string message_of(const Case& bad, const Components& components) {
  try {
    Node deck = parse(bad.deck, "deck.yaml");
    int index = 0;
    for (const std::string& assignment : bad.overrides) apply_override(deck, assignment, ++index);
    (void)read(deck, components);
  } catch (const base::DeckError& error) {
    return error.what();
  }
  return "(accepted)";
}

TEST(BadDecks, AreRefusedWithPlaceKeyAndReason) {
  const Components components;
  const auto cases = read_cases();
  EXPECT_GE(cases.size(), 60U);
  std::set<std::string> names;
  for (const Case& bad : cases) {
    SCOPED_TRACE(bad.name);
    EXPECT_TRUE(names.insert(bad.name).second) << "the name is used twice";
    ASSERT_FALSE(bad.expected.empty());
    const std::clock_t start = std::clock();  // of this process: other load must not count
    const std::string message = message_of(bad, components);
    const double taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    EXPECT_LT(taken, 1.0);
    std::size_t from = 0;
    for (const std::string& expected : bad.expected) {
      const std::size_t at = message.find(expected, from);
      EXPECT_NE(at, std::string::npos) << "expected: " << expected << "\nmessage:  " << message;
      if (at != std::string::npos) from = at + expected.size();
    }
  }
}

TEST(BadDecks, TheGoodOneIsAccepted) {
  const Components components;
  EXPECT_EQ(message_of({"good", good_deck(), {}, {"run.seed=8", "sampler.step_size=0.1"}}, components), "(accepted)");
}

}  // namespace
}  // namespace scorefield::deck::example
