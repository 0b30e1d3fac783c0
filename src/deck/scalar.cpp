#include "deck/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace scorefield::deck {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string_view take_digits(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  const auto count = static_cast<std::size_t>(end - rest.begin());
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

/// The parts of a decimal number: sign, digits before and after the point, power of ten.
struct Decimal {
  bool negative = false;
  std::string_view whole, fraction;
  int exponent = 0;
};

constexpr int exponent_limit = 100000;  // beyond any double; keeps sums of exponents and digit counts small

/// Reads the grammar [+-] (D+ [. D*] | . D+) [e [+-] D+], or says what is wrong.
Parsed<Decimal> parse_decimal(std::string_view text) {
  Decimal d;
  std::string_view rest = text;
  if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
    d.negative = rest.front() == '-';
    rest.remove_prefix(1);
  }
  const std::string word = lower(rest);
  if (word == ".nan" || word == "nan" || word == ".inf" || word == "inf" || word == "infinity") {
    return {{}, "is not a finite number"};
  }
  if (word.starts_with("0x") || word.starts_with("0o") || word.starts_with("0b")) {
    return {{}, "is not a decimal number"};
  }
  d.whole = take_digits(rest);
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    d.fraction = take_digits(rest);
  }
  if (d.whole.empty() && d.fraction.empty()) return {{}, "is not a number"};
  if (!rest.empty() && (rest.front() == 'e' || rest.front() == 'E')) {
    rest.remove_prefix(1);
    const bool minus = !rest.empty() && rest.front() == '-';
    if (!rest.empty() && (rest.front() == '+' || minus)) rest.remove_prefix(1);
    const std::string_view digits = take_digits(rest);
    if (digits.empty()) return {{}, "is not a number"};
    int power = 0;
    for (const char c : digits) power = std::min(power * 10 + (c - '0'), exponent_limit);
    d.exponent = minus ? -power : power;
  }
  if (!rest.empty()) return {{}, "is not a number"};
  if (d.whole.size() > 1 && d.whole.front() == '0') return {{}, "has a leading zero: write it without"};
  return {d, {}};
}

}  // namespace

Parsed<bool> parse_bool(std::string_view text) {
  if (text == "true") return {true, {}};
  if (text == "false") return {false, {}};
  return {{}, "is not true or false"};
}

Parsed<double> parse_real(std::string_view text) {
  const auto decimal = parse_decimal(text);
  if (!decimal.value) return {{}, decimal.error};
  if (text.front() == '+') text.remove_prefix(1);  // from_chars takes no plus sign
  double value = 0.0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  const Decimal& d = *decimal.value;
  const auto nonzero = [](std::string_view digits) { return digits.find_first_not_of('0') != std::string_view::npos; };
  const bool is_zero = !nonzero(d.whole) && !nonzero(d.fraction);
  if (is_zero) return {d.negative ? -0.0 : 0.0, {}};
  // Overflow, and underflow to zero, are both reported by from_chars.
  if (result.ec != std::errc()) return {{}, "is too large or too small for a double"};
  return {value, {}};
}

Parsed<std::int64_t> parse_integer(std::string_view text) {
  const auto decimal = parse_decimal(text);
  if (!decimal.value) return {{}, decimal.error == "is not a number" ? "is not a whole number" : decimal.error};
  const Decimal& d = *decimal.value;
  // Exact in decimal: digits without trailing zeros, times a power of ten that must not be negative.
  std::string digits(d.whole);
  digits += d.fraction;
  long power = d.exponent - static_cast<long>(d.fraction.size());
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++power;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return {0, {}};
  if (power < 0) return {{}, "is not a whole number"};
  const std::string out_of_range = "is outside the range of 64-bit whole numbers";
  if (power > 20) return {{}, out_of_range};
  digits.append(static_cast<std::size_t>(power), '0');
  if (d.negative) digits.insert(0, 1, '-');
  std::int64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc()) return {{}, out_of_range};
  return {value, {}};
}

namespace {

/// "2-03:04:05" or "03:04:05".
std::optional<double> parse_clock(std::string_view text) {
  double days = 0.0;
  const auto number = [](std::string_view digits, double below) -> std::optional<double> {
    if (digits.empty() || digits.size() > 6 || !std::all_of(digits.begin(), digits.end(), is_digit)) return {};
    const double value = std::atof(std::string(digits).c_str());
    return value < below ? std::optional(value) : std::nullopt;
  };
  constexpr double any = 1e7;
  const auto dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto value = number(text.substr(0, dash), any);
    if (!value) return {};
    days = *value;
    text.remove_prefix(dash + 1);
  }
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) return {};
  const auto hours = number(text.substr(0, first), dash == std::string_view::npos ? any : 24.0);
  const auto minutes = number(text.substr(first + 1, second - first - 1), 60.0);
  const auto seconds = number(text.substr(second + 1), 60.0);
  if (!hours || !minutes || !seconds) return {};
  return ((days * 24.0 + *hours) * 60.0 + *minutes) * 60.0 + *seconds;
}

}  // namespace

Parsed<double> parse_duration(std::string_view text) {
  const std::string error = "is not a duration: write HH:MM:SS, D-HH:MM:SS, seconds, or a number with s, min, h or d";
  if (text.find(':') != std::string_view::npos) {
    const auto clock = parse_clock(text);
    return clock ? Parsed<double>{clock, {}} : Parsed<double>{{}, error};
  }
  struct Unit {
    std::string_view name;
    double seconds;
  };
  static constexpr std::array<Unit, 4> units{{{"min", 60.0}, {"s", 1.0}, {"h", 3600.0}, {"d", 86400.0}}};
  double factor = 1.0;
  for (const Unit& unit : units) {
    if (text.ends_with(unit.name)) {
      factor = unit.seconds;
      text.remove_suffix(unit.name.size());
      while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
      break;
    }
  }
  const auto number = parse_real(text);
  if (!number.value) return {{}, error};
  if (*number.value < 0.0) return {{}, "is negative"};
  const double seconds = *number.value * factor;
  if (!std::isfinite(seconds)) return {{}, error};
  return {seconds, {}};
}

std::string format_real(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (text.find('.') == std::string::npos) {
    // YAML 1.1 readers (PyYAML) take 1e+06 for a text: it needs the point.
    text.insert(std::min(text.find('e'), text.size()), ".0");
  }
  return text;
}

std::string format_duration(double seconds) {
  constexpr double clock_limit = 86400.0 * 999999.0;
  if (seconds < 0.0 || seconds > clock_limit || seconds != std::floor(seconds)) return format_real(seconds) + " s";
  const auto total = static_cast<std::int64_t>(seconds);
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const std::string days = total >= 86400 ? std::to_string(total / 86400) + "-" : "";
  return days + two(total / 3600 % 24) + ":" + two(total / 60 % 60) + ":" + two(total % 60);
}

bool is_plain_text(std::string_view text) {
  if (text.empty() || text.size() > 500) return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (!letter(text.front()) && text.front() != '/') return false;
  const auto safe = [&](char c) { return letter(c) || is_digit(c) || c == '.' || c == '/' || c == '-' || c == '+'; };
  if (!std::all_of(text.begin(), text.end(), safe)) return false;
  static constexpr std::array<std::string_view, 9> words{"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  return std::find(words.begin(), words.end(), lower(text)) == words.end();
}

bool is_plain_value(std::string_view text) {
  return parse_bool(text).value.has_value() || parse_real(text).value.has_value();
}

}  // namespace scorefield::deck
