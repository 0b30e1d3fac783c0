#include "deck/slots.hpp"

#include "deck/catalogue.hpp"
#include "deck/scalar.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace scorefield::deck {
namespace {

std::string number_text(double value) {
  return value == std::floor(value) && std::abs(value) < 1e10 ? std::to_string(static_cast<std::int64_t>(value))
                                                              : format_real(value);
}

std::string bounds_text(const Spec& spec) {
  std::string result;
  const auto add = [&](const char* sign, const std::optional<double>& bound) {
    if (bound) result += std::string(result.empty() ? "" : " and ") + sign + " " + number_text(*bound);
  };
  add(">=", spec.min);
  add(">", spec.above);
  add("<=", spec.max);
  add("<", spec.below);
  return result;
}

bool within(const Spec& spec, double value) {
  return !(spec.min && value < *spec.min) && !(spec.max && value > *spec.max) &&
         !(spec.above && value <= *spec.above) && !(spec.below && value >= *spec.below);
}

std::string size_text(const Spec& spec) {
  const auto items = [](std::size_t n) { return std::to_string(n) + (n == 1 ? " item" : " items"); };
  if (spec.min_size && spec.max_size) {
    if (*spec.min_size == *spec.max_size) return items(*spec.min_size);
    return std::to_string(*spec.min_size) + " to " + items(*spec.max_size);
  }
  if (spec.min_size) return "at least " + items(*spec.min_size);
  return spec.max_size ? "at most " + items(*spec.max_size) : "";
}

// ---------------------------------------------------------------------------------------------- names of the types
template <class V>
struct Name;
template <>
struct Name<bool> {
  static constexpr const char *one = "true or false", *many = "";
};
template <>
struct Name<std::int64_t> {
  static constexpr const char *one = "whole number", *many = "whole numbers";
};
template <>
struct Name<double> {
  static constexpr const char *one = "number", *many = "numbers";
};
template <>
struct Name<std::string> {
  static constexpr const char *one = "text", *many = "texts";
};
template <>
struct Name<FilePath> {
  static constexpr const char *one = "file", *many = "";
};
template <>
struct Name<Duration> {
  static constexpr const char *one = "duration", *many = "";
};

/// The name of a slot's type. Overloads on the pointer choose the shape: value, list, optional, component, section.
template <class V>
std::string type_of(const V*, const Option&) {
  return Name<V>::one;
}
template <class V>
std::string type_of(const std::vector<V>*, const Option&) {
  return std::string("list of ") + Name<V>::many;
}
template <class V>
std::string type_of(const std::optional<V>*, const Option& option) {
  return type_of(static_cast<const V*>(nullptr), option) + " or " + option.spec.auto_word;
}
std::string type_of(const Component*, const Option& option) { return option.family; }
std::string type_of(const std::vector<Component>*, const Option& option) { return "list of " + option.family; }
std::string type_of(const Section&, const Option&) { return "section"; }

// -------------------------------------------------------------------------------------------------------- reading
/// Reads one option. Each read() returns whether the value was set; what is wrong was then reported.
class Reader {
 public:
  Reader(const Option& option, ParseContext& context, std::string expected)
      : option_(option), spec_(option.spec), context_(context), expected_(std::move(expected)) {}

  bool read(const Node& node, const std::string& key, bool* out) const {
    return number(node, key, parse_bool, [&](bool value) {
      *out = value;
      return true;
    });
  }
  bool read(const Node& node, const std::string& key, std::int64_t* out) const {
    return number(node, key, parse_integer, [&](std::int64_t value) {
      *out = value;
      return bounded(node, key, static_cast<double>(value));
    });
  }
  bool read(const Node& node, const std::string& key, double* out) const {
    return number(node, key, parse_real, [&](double value) {
      *out = value;
      return bounded(node, key, value);
    });
  }
  bool read(const Node& node, const std::string& key, Duration* out) const {
    if (!node.is_scalar()) return wrong_kind(node, key);
    const auto parsed = parse_duration(node.text());
    if (!parsed.value) return refuse(node, key, "'" + shown(node.text()) + "' " + parsed.error);
    out->seconds = *parsed.value;
    return bounded(node, key, *parsed.value);
  }
  bool read(const Node& node, const std::string& key, std::string* out) const {
    if (!node.is_scalar()) return wrong_kind(node, key);
    const auto& choices = spec_.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), node.text()) == choices.end()) {
      return refuse(node, key,
                    "'" + shown(node.text()) + "' is not a choice" + suggestion(node.text(), choices, "choices"));
    }
    *out = node.text();
    return true;
  }
  bool read(const Node& node, const std::string& key, FilePath* out) const {
    if (!node.is_scalar()) return wrong_kind(node, key);
    if (node.text().empty()) {
      *out = {};
      return spec_.required ? refuse(node, key, "names no file") : true;
    }
    const std::filesystem::path given(node.text());
    std::error_code code;
    const auto base = node.mark().from_file() ? context_.directory : std::filesystem::path();
    auto path = std::filesystem::absolute(base / given, code).lexically_normal();
    if (code) path = base / given;
    if (spec_.must_exist && context_.check_files && !std::filesystem::exists(path, code)) {
      return refuse(node, key, "file not found: " + path.string());
    }
    *out = FilePath(path.string());
    return true;
  }

  template <class V>
  bool read(const Node& node, const std::string& key, std::vector<V>* out) const {
    if (spec_.one_or_more && node.is_scalar()) {
      V value{};
      if (!item(node, key, &value)) return false;
      *out = {std::move(value)};
      return true;
    }
    if (!node.is_list()) return wrong_kind(node, key);
    bool right = sized(node, key);
    std::vector<V> values(node.items().size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string item_key = join_key(key, std::to_string(i));
      // vector<bool> is not among the slots, so &values[i] is a plain pointer.
      right = item(node.items()[i], item_key, &values[i]) && right;
    }
    if (right) *out = std::move(values);
    return right;
  }
  template <class V>
  bool read(const Node& node, const std::string& key, std::optional<V>* out) const {
    if (node.is_word(spec_.auto_word)) {
      out->reset();
      return true;
    }
    V value{};
    if (!read(node, key, &value)) return false;
    *out = std::move(value);
    return true;
  }
  bool read(const Node& node, const std::string& key, Component* out) const {
    *out = parse_component(node, option_.family, context_, key);
    return static_cast<bool>(*out);
  }
  void read(const Node& node, const std::string& key, const Section& section) const {
    if (!node.is_map()) {
      wrong_kind(node, key);
      return;
    }
    option_.section->parse_into(section.object != nullptr ? section.object : section.create(), node, context_, key);
  }

 private:
  bool refuse(const Node& node, const std::string& key, const std::string& message) const {
    context_.problems.add(node.mark(), key, message);
    return false;
  }
  bool wrong_kind(const Node& node, const std::string& key) const {
    if (node.is_null()) return refuse(node, key, "has no value (expected " + expected_ + ")");
    return refuse(node, key, "expected " + expected_ + ", got " + node.described());
  }
  template <class Parse, class Accept>
  bool number(const Node& node, const std::string& key, Parse parse, Accept accept) const {
    if (!node.is_scalar()) return wrong_kind(node, key);
    if (node.quoted()) {
      return refuse(node, key, "expected " + expected_ + ", got " + node.described() + ": remove the quotes");
    }
    const auto parsed = parse(node.text());
    if (!parsed.value) {
      return refuse(node, key, "expected " + expected_ + ", but '" + shown(node.text()) + "' " + parsed.error);
    }
    return accept(*parsed.value);
  }
  bool bounded(const Node& node, const std::string& key, double value) const {
    if (within(spec_, value)) return true;
    return refuse(node, key, "must be " + bounds_text(spec_) + ", got " + shown(node.text()));
  }
  bool sized(const Node& node, const std::string& key) const {
    const std::size_t size = node.items().size();
    const bool right = !(spec_.min_size && size < *spec_.min_size) && !(spec_.max_size && size > *spec_.max_size);
    return right || refuse(node, key, "must have " + size_text(spec_) + ", got " + std::to_string(size));
  }
  template <class V>
  bool item(const Node& node, const std::string& key, V* out) const {
    // An item is no list: say "expected a number", not "expected a list of numbers".
    return Reader(option_, context_, std::string("a ") + item_name(out)).read(node, key, out);
  }
  template <class V>
  static std::string item_name(const V*) {
    return Name<V>::one;
  }
  static std::string item_name(const Component*) { return "component"; }

  const Option& option_;
  const Spec& spec_;
  ParseContext& context_;
  std::string expected_;
};

// -------------------------------------------------------------------------------------------------------- writing
Node emit_value(bool value, const Spec&) { return Node::of(value); }
Node emit_value(std::int64_t value, const Spec&) { return Node::of(value); }
Node emit_value(double value, const Spec&) { return Node::of(value); }
Node emit_value(const std::string& value, const Spec& spec) {
  // A text that happens to be the word for "no value" must come back as a text.
  return value == spec.auto_word ? Node::scalar(value, true) : Node::of(value);
}
Node emit_value(const FilePath& value, const Spec& spec) { return emit_value(value.path(), spec); }
// Quoted, since YAML 1.1 readers take 10:30:00 for a number of base 60.
Node emit_value(const Duration& value, const Spec&) { return Node::scalar(format_duration(value.seconds), true); }
Node emit_value(const Component& value, const Spec&) { return emit_component(value); }
template <class V>
Node emit_value(const std::vector<V>& values, const Spec& spec) {
  Node list = Node::list();
  for (const V& value : values) list.append(emit_value(value, spec));
  return list;
}
template <class V>
Node emit_value(const std::optional<V>& value, const Spec& spec) {
  return value ? emit_value(*value, spec) : Node::scalar(spec.auto_word, false);
}

}  // namespace

void read_slot(const Slot& slot, const Option& option, const Node& node, ParseContext& context,
               const std::string& key) {
  const std::string type = type_text(slot, option);
  const std::string article = type.starts_with("true") ? "" : "a ";
  const Reader reader(option, context, std::holds_alternative<Section>(slot) ? "a map of options" : article + type);
  std::visit([&](const auto& target) { reader.read(node, key, target); }, slot);
}

Emitted emit_slot(const Slot& slot, const Option& option) {
  if (const auto* section = std::get_if<Section>(&slot)) {
    if (section->object == nullptr) return {false, {}};
    return {true, option.section->emit(section->object)};
  }
  if (const auto* component = std::get_if<Component*>(&slot); component != nullptr && !**component) return {false, {}};
  return {true, std::visit(
                    [&](const auto& target) -> Node {
                      if constexpr (std::is_pointer_v<std::decay_t<decltype(target)>>) {
                        return emit_value(*target, option.spec);
                      } else {
                        throw std::logic_error("unreachable: sections are handled above");
                      }
                    },
                    slot)};
}

std::string type_text(const Slot& slot, const Option& option) {
  return std::visit([&](const auto& target) { return type_of(target, option); }, slot);
}

std::string range_text(const Spec& spec) {
  std::string result = bounds_text(spec);
  const auto add = [&](const std::string& text) { result += (result.empty() || text.empty() ? "" : "; ") + text; };
  add(size_text(spec));
  if (!spec.choices.empty()) {
    std::string list;
    for (const std::string& choice : spec.choices) list += (list.empty() ? "" : ", ") + choice;
    add("one of " + list);
  }
  if (spec.must_exist) add("must exist");
  return result;
}

}  // namespace scorefield::deck
