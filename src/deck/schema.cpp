#include "deck/schema.hpp"

#include "deck/catalogue.hpp"
#include "deck/slots.hpp"

#include <algorithm>
#include <stdexcept>

namespace scorefield::deck {

AnySchema::AnySchema(std::string name, std::string doc, Type type)
    : name_(std::move(name)), doc_(std::move(doc)), type_(std::move(type)) {}

std::vector<std::string> AnySchema::option_names() const {
  std::vector<std::string> result;
  for (const Option& option : options_) result.push_back(option.name);
  return result;
}

void AnySchema::add(Option option) {
  const auto names = option_names();
  const bool taken = std::find(names.begin(), names.end(), option.name) != names.end();
  if (option.name.empty() || option.name == "type" || taken) {
    throw std::logic_error("option '" + option.name + "' of '" + name_ + "': the name is reserved or taken");
  }
  options_.push_back(std::move(option));
}

std::shared_ptr<const void> AnySchema::parse(const Node& map, ParseContext& context,
                                             const std::string& key_prefix) const {
  auto object = defaults();
  parse_into(object.get(), map, context, key_prefix);
  return object;
}

void AnySchema::parse_into(void* object, const Node& map, ParseContext& context, const std::string& key_prefix,
                           const std::string& ignored) const {
  Problems& problems = context.problems;
  const std::size_t problems_before = problems.size();
  if (!map.is_map()) {
    problems.add(map.mark(), key_prefix, "expected a map of options, got " + map.described());
    return;
  }
  const auto names = option_names();
  for (const KeyValue& entry : map.entries()) {
    if (entry.key == ignored && !ignored.empty()) continue;
    if (std::find(names.begin(), names.end(), entry.key) != names.end()) continue;
    problems.add(entry.mark, join_key(key_prefix, entry.key),
                 "unknown key" + suggestion(entry.key, names, "valid keys"));
  }
  for (const Option& option : options_) {
    const std::string key = join_key(key_prefix, option.name);
    const Slot slot = option.slot(object);
    const Node* value = map.find(option.name);
    if (value != nullptr) {
      read_slot(slot, option, *value, context, key);
    } else if (option.spec.required) {
      problems.add(map.mark(), key, "is required (a " + type_text(slot, option) + ")");
    } else if (const auto* section = std::get_if<Section>(&slot); section != nullptr && section->object != nullptr) {
      // A section left out still has its required keys and its checks.
      option.section->parse_into(section->object, Node::map(map.mark()), context, key);
    }
  }
  if (problems.size() != problems_before) return;  // a check must not see half-read options
  const Report report = [&](const std::string& key, const std::string& message) {
    const Node* value = map.find(key);
    problems.add(value != nullptr ? value->mark() : map.mark(), join_key(key_prefix, key), message);
  };
  for (const auto& check : checks_) check(object, report);
}

Node AnySchema::emit(const void* object) const {
  Node map = Node::map();
  for (const Option& option : options_) {
    // Slots are pointers for reading and writing; here they are only read.
    const Emitted value = emit_slot(option.slot(const_cast<void*>(object)), option);
    if (value.present) map.set(option.name, value.node);
  }
  return map;
}

std::vector<std::string> AnySchema::defects() const {
  std::vector<std::string> found;
  const auto complain = [&](const std::string& key, const std::string& what) {
    found.push_back(name_ + (key.empty() ? "" : "." + key) + ": " + what);
  };
  if (doc_.empty()) complain("", "no doc");
  const std::shared_ptr<void> object = defaults();
  const Catalogue nothing;
  for (const Option& option : options_) {
    const Slot slot = option.slot(object.get());
    if (option.section != nullptr) {
      for (const std::string& defect : option.section->defects()) complain(option.name, defect);
      continue;
    }
    const Spec& spec = option.spec;
    if (spec.doc.empty()) complain(option.name, "no doc");
    const std::string type = type_text(slot, option);
    const auto is = [&](const char* word) { return type.find(word) != std::string::npos; };
    if ((spec.min || spec.max || spec.above || spec.below) && !is("number") && !is("duration")) {
      complain(option.name, "a bound on what is no number");
    }
    const bool list = type.starts_with("list of ");
    if ((spec.min_size || spec.max_size) && !list) complain(option.name, "a size of what is no list");
    if (!spec.choices.empty() && !is("text")) complain(option.name, "choices for what is no text");
    if (spec.must_exist && !is("file")) complain(option.name, "must_exist for what is no file");
    if (!spec.auto_doc.empty() && !type.ends_with(" or " + spec.auto_word)) {
      complain(option.name, "auto_doc for what is not optional");
    }
    // The default goes through the reader as if a deck gave it: it must obey its own range.
    const Emitted standard = emit_slot(slot, option);
    if (spec.required || !standard.present) continue;
    Problems problems;
    ParseContext context{nothing, {}, problems, false};
    read_slot(slot, option, standard.node, context, option.name);
    for (const Problem& problem : problems.sorted()) complain(problem.key, "default: " + problem.message);
  }
  return found;
}

}  // namespace scorefield::deck
