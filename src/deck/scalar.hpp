#pragma once
/// Strict reading and writing of single values. YAML's own conversions are not used: they read 010 as eight, accept
/// .nan and turn 1e-400 into zero without a word.
///
/// The parse functions return the value or, in `error`, what is wrong with the text as the end of a sentence
/// ("is not a number"), never throwing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scorefield::deck {

template <class T>
struct Parsed {
  std::optional<T> value;
  std::string error;
};

[[nodiscard]] Parsed<bool> parse_bool(std::string_view text);
/// Whole numbers: 7, -3, 1e6, 2.50e2 (exactly whole); no leading zero, no hex, within 64 bits.
[[nodiscard]] Parsed<std::int64_t> parse_integer(std::string_view text);
/// Decimal numbers that a double can hold: no nan, inf, hex, overflow, or underflow to zero; no leading zero (010).
[[nodiscard]] Parsed<double> parse_real(std::string_view text);
/// Seconds from HH:MM:SS, D-HH:MM:SS, a number with a unit (s, min, h, d) or a plain number of seconds.
[[nodiscard]] Parsed<double> parse_duration(std::string_view text);

/// The shortest text that parse_real reads back to the same bits, with a point, so that any YAML reader takes it for a
/// real number: 1.0, 0.1, 1.0e+06.
[[nodiscard]] std::string format_real(double value);
/// HH:MM:SS or D-HH:MM:SS for whole seconds, else "90.5 s".
[[nodiscard]] std::string format_duration(double seconds);

/// Whether a text needs no quotes in YAML and cannot be taken for a number, a truth value or null by any reader.
[[nodiscard]] bool is_plain_text(std::string_view text);
/// Whether an unquoted text is a number or a truth value that YAML writes without quotes.
[[nodiscard]] bool is_plain_value(std::string_view text);

}  // namespace scorefield::deck
