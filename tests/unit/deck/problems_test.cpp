#include "deck/problems.hpp"

#include "base/errors.hpp"

#include <gtest/gtest.h>

namespace scorefield::deck {
namespace {

TEST(Problems, AllAreToldInOrder) {
  Problems problems;
  EXPECT_TRUE(problems.empty());
  EXPECT_NO_THROW(problems.throw_if_any());
  problems.add({"command line argument 10", 0, 10}, "c", "ten");
  problems.add({"command line argument 2", 0, 2}, "c", "two");
  problems.add({"d.yaml", 10, 1}, "b", "late");
  problems.add({"d.yaml", 2, 9}, "a.x", "right");
  problems.add({"d.yaml", 2, 3}, "", "left");
  try {
    problems.throw_if_any();
    FAIL() << "nothing thrown";
  } catch (const base::DeckError& error) {
    EXPECT_STREQ(error.what(),
                 "d.yaml:2:3: left\nd.yaml:2:9: a.x: right\nd.yaml:10:1: b: late\n"
                 "command line argument 2: c: two\ncommand line argument 10: c: ten");
    EXPECT_EQ(error.code(), base::ExitCode::usage);
  }
}

TEST(Problems, ManyAreCounted) {
  Problems problems;
  for (int i = 1; i <= 60; ++i) problems.add({"d", i, 1}, "k", "m");
  EXPECT_NE(problems.text().find("... and 10 more problems"), std::string::npos);
}

TEST(Nearest, Spellings) {
  const std::vector<std::string> keys{"step_size", "target_acceptance", "start", "seed", "shape"};
  EXPECT_EQ(nearest("stepsize", keys), "step_size");
  EXPECT_EQ(nearest("step-size", keys), "step_size");
  EXPECT_EQ(nearest("Step_Size", keys), "step_size");
  EXPECT_EQ(nearest("setp_size", keys), "step_size");
  EXPECT_EQ(nearest("step", keys), "step_size");
  EXPECT_EQ(nearest("strat", keys), "start");
  EXPECT_EQ(nearest("sed", keys), "seed");
  EXPECT_EQ(nearest("target_aceptence", keys), "target_acceptance");
  EXPECT_EQ(nearest("a-b-c-d", {"a_b_c_d"}), "a_b_c_d");  // three edits, but the same word
  EXPECT_EQ(nearest("temperature", keys), "");
  EXPECT_EQ(nearest("", keys), "");
  EXPECT_EQ(nearest("x", {"y", "z"}), "");
  EXPECT_EQ(nearest(std::string(1000000, 'x'), keys), "");
}

TEST(Nearest, SuggestionsListWhatThereIs) {
  EXPECT_EQ(suggestion("mal", {"ula", "mala"}, "available"), ": did you mean 'mala'? (available: ula, mala)");
  EXPECT_EQ(suggestion("zzz", {"ula", "mala"}, "available"), " (available: ula, mala)");
  EXPECT_EQ(suggestion("zzz", {}, "options"), " (there are no options)");
}

}  // namespace
}  // namespace scorefield::deck
