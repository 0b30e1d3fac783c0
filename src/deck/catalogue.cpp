#include "deck/catalogue.hpp"

#include <algorithm>
#include <stdexcept>
#include <typeindex>

namespace scorefield::deck {

const void* Component::checked(const std::type_info& wanted) const {
  if (entry == nullptr) throw std::logic_error("options asked of a component that was not given");
  if (entry->schema.type() != std::type_index(wanted)) {
    throw std::logic_error("component '" + type + "' has options of another type than " + wanted.name());
  }
  return options.get();
}

const Entry& Family::add(Entry entry) {
  if (find(entry.name()) != nullptr) throw std::logic_error(name_ + " '" + entry.name() + "' is registered twice");
  return entries_.emplace_back(std::move(entry));
}

const Entry* Family::find(const std::string& type) const noexcept {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.name() == type; });
  return found == entries_.end() ? nullptr : &*found;
}

std::vector<std::string> Family::names() const {
  std::vector<std::string> result;
  for (const Entry& entry : entries_) result.push_back(entry.name());
  return result;
}

Family& Catalogue::family(const std::string& name, const std::string& doc) {
  Family& result = families_.try_emplace(name, name).first->second;
  if (!doc.empty()) result.set_doc(doc);
  return result;
}

const Family* Catalogue::find(const std::string& name) const noexcept {
  const auto found = families_.find(name);
  return found == families_.end() ? nullptr : &found->second;
}

const Entry* Catalogue::find_component(const std::string& type) const noexcept {
  for (const auto& [name, family] : families_) {
    if (const Entry* entry = family.find(type)) return entry;
  }
  return nullptr;
}

Component parse_component(const Node& node, const std::string& family_name, ParseContext& context,
                          const std::string& key) {
  const auto refuse = [&](const Mark& mark, const std::string& at, const std::string& message) {
    context.problems.add(mark, at, message);
    return Component{};
  };
  const Family* family = context.catalogue.find(family_name);
  if (family == nullptr) throw std::logic_error("no family '" + family_name + "' in the catalogue");

  Node map = Node::map(node.mark());
  if (node.is_scalar()) map.set("type", node, node.mark());  // a plain word is {type: word}
  const Node& options = node.is_scalar() ? map : node;
  const std::string expected = "expected a " + family_name + ": a word or a map with 'type'";
  if (node.is_null()) return refuse(node.mark(), key, "has no value (" + expected + ")");
  if (!options.is_map()) return refuse(node.mark(), key, expected + ", got " + node.described());

  const Node* type = options.find("type");
  const std::string type_key = join_key(key, "type");
  if (type == nullptr) {
    return refuse(node.mark(), type_key, "is required" + suggestion("", family->names(), "available"));
  }
  if (!type->is_scalar()) {
    return refuse(type->mark(), type_key, "expected the name of a " + family_name + ", got " + type->described());
  }
  const Entry* entry = family->find(type->text());
  if (entry == nullptr) {
    const std::string hint = suggestion(type->text(), family->names(), "available");
    return refuse(type->mark(), node.is_scalar() ? key : type_key,
                  "there is no " + family_name + " '" + shown(type->text()) + "'" + hint);
  }
  auto object = entry->schema.defaults();
  entry->schema.parse_into(object.get(), options, context, key, "type");
  return {entry->name(), std::move(object), node.mark(), entry};
}

Node emit_component(const Component& component) {
  if (!component) return Node::null();
  const Node options = component.entry->schema.emit(component.options.get());
  if (options.entries().empty()) return Node::of(component.type);
  Node result = Node::map();
  result.set("type", Node::of(component.type));
  for (const KeyValue& option : options.entries()) result.set(option.key, option.value);
  return result;
}

}  // namespace scorefield::deck
