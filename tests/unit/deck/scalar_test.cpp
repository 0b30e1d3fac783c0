#include "deck/scalar.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace scorefield::deck {
namespace {

TEST(Scalar, BooleansAreTrueAndFalseOnly) {
  EXPECT_EQ(parse_bool("true").value, true);
  EXPECT_EQ(parse_bool("false").value, false);
  for (const char* text : {"yes", "no", "on", "off", "y", "True", "TRUE", "1", "0", ""}) {
    EXPECT_FALSE(parse_bool(text).value) << text;
  }
}

TEST(Scalar, WholeNumbers) {
  EXPECT_EQ(parse_integer("0").value, 0);
  EXPECT_EQ(parse_integer("-0").value, 0);
  EXPECT_EQ(parse_integer("+42").value, 42);
  EXPECT_EQ(parse_integer("1e6").value, 1000000);
  EXPECT_EQ(parse_integer("2.50e2").value, 250);
  EXPECT_EQ(parse_integer("1200e-2").value, 12);
  EXPECT_EQ(parse_integer("9223372036854775807").value, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_integer("-9223372036854775808").value, std::numeric_limits<std::int64_t>::min());
}

TEST(Scalar, WholeNumbersAreExact) {
  // Beyond 2^53, where a detour over double would round.
  EXPECT_EQ(parse_integer("9007199254740993").value, 9007199254740993);
  EXPECT_EQ(parse_integer("9007199254740993.0").value, 9007199254740993);
  EXPECT_FALSE(parse_integer("1.00000000000000000001").value);
}

TEST(Scalar, RefusedWholeNumbers) {
  for (const char* text : {"",      "-",     "1.5",
                           "1e-1",  "010",   "-007",
                           "0x10",  "1_000", "1 000",
                           "1e",    "e3",    ".",
                           "nan",   "inf",   "9223372036854775808",
                           "1e19",  "1e400", "1e999999999999",
                           "seven", "1,5",   "0o7",
                           "1e6 "}) {
    const auto parsed = parse_integer(text);
    EXPECT_FALSE(parsed.value) << text;
    EXPECT_FALSE(parsed.error.empty()) << text;
  }
  EXPECT_NE(parse_integer("010").error.find("leading zero"), std::string::npos);
}

TEST(Scalar, Reals) {
  EXPECT_EQ(parse_real("0.1").value, 0.1);
  EXPECT_EQ(parse_real("-1e-3").value, -1e-3);
  EXPECT_EQ(parse_real("+2").value, 2.0);
  EXPECT_EQ(parse_real(".5").value, 0.5);
  EXPECT_EQ(parse_real("5.").value, 5.0);
  EXPECT_EQ(parse_real("0e500").value, 0.0);
  EXPECT_TRUE(std::signbit(*parse_real("-0.0").value));
  EXPECT_EQ(parse_real("4.9406564584124654e-324").value, std::numeric_limits<double>::denorm_min());
}

TEST(Scalar, RefusedReals) {
  for (const char* text :
       {"",    "nan",  ".nan",  ".NaN", "inf", "-.inf", "Infinity", "1e400", "-1e400", "1e-400", "0x1p3",
        "010", "00.5", "1.2.3", "1,5",  "--1", "+-1",   "1e+",      "1d5",   "1.0f",   "two"}) {
    EXPECT_FALSE(parse_real(text).value) << text;
  }
}

TEST(Scalar, RealsComeBackToTheSameBits) {
  std::mt19937_64 bits(1);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<double>(bits());
    if (!std::isfinite(value)) continue;
    const std::string text = format_real(value);
    const auto back = parse_real(text);
    ASSERT_TRUE(back.value) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(*back.value), std::bit_cast<std::uint64_t>(value)) << text;
    ASSERT_NE(text.find('.'), std::string::npos) << text;
  }
}

TEST(Scalar, RealsAreWrittenShort) {
  EXPECT_EQ(format_real(1.0), "1.0");
  EXPECT_EQ(format_real(0.1), "0.1");
  EXPECT_EQ(format_real(-0.0), "-0.0");
  EXPECT_EQ(format_real(1e6), "1.0e+06");
  EXPECT_EQ(format_real(1.5e-10), "1.5e-10");
}

TEST(Scalar, Durations) {
  EXPECT_EQ(parse_duration("02:30:00").value, 9000.0);
  EXPECT_EQ(parse_duration("1-12:00:00").value, 129600.0);
  EXPECT_EQ(parse_duration("36:00:00").value, 129600.0);
  EXPECT_EQ(parse_duration("90 s").value, 90.0);
  EXPECT_EQ(parse_duration("90s").value, 90.0);
  EXPECT_EQ(parse_duration("30 min").value, 1800.0);
  EXPECT_EQ(parse_duration("2 h").value, 7200.0);
  EXPECT_EQ(parse_duration("1.5 d").value, 129600.0);
  EXPECT_EQ(parse_duration("0.25").value, 0.25);
  for (const char* text : {"", "2:30", "02:60:00", "02:30:61", "1-24:00:00", "-5", "2 weeks", "h", "1:2:3:4",
                           "::", "-1:00:00", "nan s", "1e400 s", "1e308 d"}) {
    EXPECT_FALSE(parse_duration(text).value) << text;
  }
}

TEST(Scalar, DurationsComeBack) {
  EXPECT_EQ(format_duration(9000.0), "02:30:00");
  EXPECT_EQ(format_duration(129600.0), "1-12:00:00");
  EXPECT_EQ(format_duration(0.0), "00:00:00");
  for (const double seconds : {0.0, 1.0, 59.0, 0.1, 86399.0, 86400.0, 1e9, 1e14, 3600.5}) {
    EXPECT_EQ(parse_duration(format_duration(seconds)).value, seconds) << seconds;
  }
}

TEST(Scalar, PlainText) {
  for (const char* text : {"mala", "out/phi4-broken", "/data/x.h5", "auto", "a.b", "_x"})
    EXPECT_TRUE(is_plain_text(text)) << text;
  for (const char* text :
       {"", "true", "No", "null", "1e5", "5", "-x", "a: b", "a b", "#x", "y", "\xC3\xA9", "~", ".inf", "[x"}) {
    EXPECT_FALSE(is_plain_text(text)) << text;
  }
}

}  // namespace
}  // namespace scorefield::deck
