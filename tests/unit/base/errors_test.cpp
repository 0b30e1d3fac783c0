#include "base/errors.hpp"

#include <gtest/gtest.h>

namespace scorefield::base {
namespace {

// The numbers of docs/user/exit-codes.md, which scripts compare with: written out here, not taken from the enum.
TEST(Errors, carry_the_documented_exit_codes) {
  EXPECT_EQ(static_cast<int>(DeckError("x").code()), 2);
  EXPECT_EQ(static_cast<int>(FileError("x").code()), 3);
  EXPECT_EQ(static_cast<int>(NumericsError("x").code()), 4);
  EXPECT_EQ(static_cast<int>(ExitCode::done), 0);
  EXPECT_EQ(static_cast<int>(ExitCode::watchdog), 5);
  EXPECT_EQ(static_cast<int>(ExitCode::internal), 70);
  EXPECT_EQ(static_cast<int>(ExitCode::stopped), 75);
}

TEST(Errors, keep_text_and_advice_apart) {
  const FileError error("cannot open a.h5", "check the path");
  EXPECT_STREQ(error.what(), "cannot open a.h5");
  EXPECT_EQ(error.advice(), "check the path");
}

TEST(Errors, always_have_some_advice) {
  EXPECT_FALSE(DeckError("x").advice().empty());
  EXPECT_FALSE(FileError("x").advice().empty());
  EXPECT_FALSE(NumericsError("x").advice().empty());
}

}  // namespace
}  // namespace scorefield::base
