#include "deck/parse.hpp"

#include "base/errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

namespace scorefield::deck {
namespace {

std::string repeated(const std::string& piece, std::size_t times) {
  std::string result;
  result.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += piece;
  return result;
}

/// The message of a refusal, "" when accepted; anything but a DeckError fails, and so does a second of thought.
std::string refusal(const std::string& text) {
  const std::clock_t start = std::clock();  // of this process: other load must not count
  std::string message;
  try {
    (void)parse(text, "deck.yaml");
  } catch (const base::DeckError& error) {
    message = error.what();
  }
  const double taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_LT(taken, 1.0);
  return message;
}

TEST(Parse, KeepsOrderPlacesAndQuotes) {
  const Node root = parse("b: 1\na:\n  - x\n  - 'y'\nc: {d: ~}\n", "deck.yaml");
  ASSERT_TRUE(root.is_map());
  ASSERT_EQ(root.entries().size(), 3U);
  EXPECT_EQ(root.entries()[0].key, "b");
  EXPECT_EQ(root.entries()[1].key, "a");
  EXPECT_EQ(root.entries()[1].mark.text(), "deck.yaml:2:1");
  const Node& list = *root.find("a");
  ASSERT_TRUE(list.is_list());
  EXPECT_EQ(list.items()[0].mark().text(), "deck.yaml:3:5");
  EXPECT_FALSE(list.items()[0].quoted());
  EXPECT_TRUE(list.items()[1].quoted());
  const Node& none = *root.find("c")->find("d");
  EXPECT_TRUE(none.is_null());
  EXPECT_EQ(none.mark().text(), "deck.yaml:5:5");
  EXPECT_EQ(root.find("nothing"), nullptr);
}

TEST(Parse, AcceptsOrdinaryFiles) {
  EXPECT_EQ(refusal("---\na: 1\n"), "");
  EXPECT_EQ(refusal("---\na: 1\n...\n"), "");
  EXPECT_EQ(refusal("\xEF\xBB\xBF"
                    "a: 1\n"),
            "");
  EXPECT_EQ(refusal("a: 1\r\nb: [1,\r\n 2]\r\n"), "");
  EXPECT_EQ(refusal("{\"a\": 1, \"b\": [1, 2]}"), "");
  EXPECT_EQ(refusal("# d\xC3\xA9"
                    "cal\xC3\xA9\na: \"\xE2\x82\xAC\"\n"),
            "");
  EXPECT_EQ(refusal("a: |\n  two\n  lines\nb: >\n  folded\n"), "");
  EXPECT_EQ(refusal("a: " + repeated("[", 31) + repeated("]", 31)), "");
  EXPECT_EQ(refusal("a: [" + repeated("1, ", 90000) + "1]"), "");
}

TEST(Parse, RefusesBombsQuickly) {
  EXPECT_NE(refusal(repeated("[", 100000) + repeated("]", 100000)).find("nested deeper than 32"), std::string::npos);
  EXPECT_NE(refusal(repeated("[", 100000)).find("is a bracket left open?"), std::string::npos);
  EXPECT_NE(refusal("a: " + repeated("{b: ", 100000)).find("nested deeper than 32"), std::string::npos);
  EXPECT_NE(refusal(repeated("- ", 100000)).find("nested deeper than 32"), std::string::npos);
  EXPECT_NE(refusal(repeated("[\n", 100000)).find("is a bracket left open?"), std::string::npos);
  EXPECT_NE(refusal("a: [" + repeated("1,", 200000) + "1]").find("more than 100000"), std::string::npos);
  EXPECT_NE(refusal(repeated("x", (1U << 20U) + 1)).find("larger than 1 MiB"), std::string::npos);
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb +=
        std::string(1, c) + ": &" + c + " [" + repeated(std::string("*") + static_cast<char>(c - 1) + ", ", 8) + "x]\n";
  }
  EXPECT_NE(refusal(bomb).find("deck.yaml:1:4: anchors (&name) are not allowed"), std::string::npos);
}

TEST(Parse, LargeInputsOfEveryCharacterAreQuick) {
  // A megabyte of each, alone and behind a key: whatever the scanner does with it, it is done within a second.
  for (const std::string piece :
       {"?", "? ", ":",  ": ", "!", "&",     "*",     "%",    "|",      ">",   "\"",      "'",
        "#", "@",  "`",  ",",  "-", "---\n", "...\n", "a",    "a: ",    "a\n", "a:\n",    "\t",
        " ", "\n", "\\", "{",  "}", "]",     "{a,",   "[a: ", "\"a\" ", "!a ", "\xC3\xA9"}) {
    const std::size_t times = (std::size_t{1} << 20U) / piece.size() - 8;
    for (const std::string head : {"", "a: "}) {
      SCOPED_TRACE(head + piece);
      (void)refusal(head + repeated(piece, times));
    }
  }
}

TEST(Parse, NeverCrashesOnDamagedDecks) {
  const std::string good =
      "run: {name: demo, seed: 7}\ndomain:\n  shape: [16, 32] # cells\n  list:\n    - a: 1\n      b: \"x\\n\"\n    - "
      "'it''s'\n"
      "text: |\n  two\n  lines\ntarget: {type: a, prior: {type: b}}\n";
  const std::string special = "{}[]:,-?&*!|>'\"%@`#\n\t \\~.0a\r";
  std::mt19937 random(7);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = good;
    for (std::size_t k = 0; k < 1 + below(6); ++k) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0: text[at] = special[below(special.size())]; break;
        case 1: text.insert(at, 1, special[below(special.size())]); break;
        case 2: text.erase(at, 1 + below(8)); break;
        default: text.insert(at, text.substr(below(text.size()), below(20))); break;
      }
    }
    try {
      const Node node = parse(text, "deck.yaml");
      ++accepted;
      // What was accepted is written and read back to the same tree.
      const std::string written = to_yaml(node);
      ASSERT_EQ(to_yaml(parse(written, "again.yaml")), written) << text;
    } catch (const base::DeckError& error) {
      ASSERT_EQ(std::string(error.what()).rfind("deck.yaml:", 0), 0U) << error.what() << "\n" << text;
    }
  }
  EXPECT_GT(accepted, 1000);
}

TEST(Parse, RefusesWhatIsNoText) {
  EXPECT_EQ(refusal(std::string("a: 1\n\0b: 2\n", 11)), "deck.yaml:2:1: a NUL byte: this is not a text file");
  EXPECT_NE(refusal("a: \x01\n").find("deck.yaml:1:4: a control character"), std::string::npos);
  for (const char* bad :
       {"a: \xFF\n", "a: \xC3(\n", "a: \xC0\xAF\n", "a: \xED\xA0\x80\n", "a: \xF5\x80\x80\x80\n", "a: \xE2\x82"}) {
    EXPECT_NE(refusal(bad).find("deck.yaml:1:4: not valid UTF-8"), std::string::npos) << bad;
  }
}

TEST(Parse, FilesThatCannotBeRead) {
  EXPECT_THROW((void)parse(read_text("/nonexistent/deck.yaml"), "deck.yaml"), base::FileError);
  EXPECT_THROW((void)parse(read_text("/"), "deck.yaml"), base::FileError);
  EXPECT_THROW((void)parse(read_text("/dev/null"), "deck.yaml"), base::DeckError);  // empty
  EXPECT_THROW((void)parse(read_text("/dev/zero"), "deck.yaml"), base::DeckError);  // endless
}

TEST(Parse, MessagesNameTheFile) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("scorefield-parse-test-" + std::to_string(std::random_device{}()) + ".yaml");
  std::ofstream(path) << "a: 1\na: 2\n";
  std::string message;
  try {
    (void)parse(read_text(path), path.string());
  } catch (const base::DeckError& error) {
    message = error.what();
  }
  std::filesystem::remove(path);
  EXPECT_EQ(message, path.string() + ":2:1: key 'a' is given twice (first on line 1)");
}

TEST(Parse, ValuesOfAnyKind) {
  EXPECT_EQ(parse_value("0.1", "x").text(), "0.1");
  EXPECT_EQ(parse_value("[1, 2]", "x").items().size(), 2U);
  EXPECT_EQ(parse_value("{type: mala}", "x").find("type")->text(), "mala");
  EXPECT_THROW((void)parse_value("[1, 2", "x"), base::DeckError);
}

}  // namespace
}  // namespace scorefield::deck
