#include "deck/override.hpp"

#include "base/errors.hpp"
#include "deck/parse.hpp"
#include "deck/scalar.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace scorefield::deck {
namespace {

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts{""};
  for (const char c : path) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// The same tree, every place in it being `mark`.
Node marked(const Node& node, const Mark& mark) {
  switch (node.kind()) {
    case Node::Kind::null: return Node::null(mark);
    case Node::Kind::scalar: return Node::scalar(node.text(), node.quoted(), mark);
    case Node::Kind::list: {
      Node list = Node::list(mark);
      for (const Node& item : node.items()) list.append(marked(item, mark));
      return list;
    }
    case Node::Kind::map: break;
  }
  Node map = Node::map(mark);
  for (const KeyValue& entry : node.entries()) map.entries().push_back({entry.key, mark, marked(entry.value, mark)});
  return map;
}

}  // namespace

void apply_override(Node& root, const std::string& assignment, int index) {
  constexpr std::size_t max_depth = 32;
  const Mark mark{"command line argument " + std::to_string(index), 0, index};
  const auto refuse = [&](const std::string& message) {
    throw base::DeckError(mark.text() + ": '" + shown(assignment) + "': " + message);
  };
  const auto equals = assignment.find('=');
  if (equals == std::string::npos) refuse("an override is key.path=value");
  const auto path = split(assignment.substr(0, equals));
  const auto empty = [](const std::string& part) { return part.empty(); };
  if (std::any_of(path.begin(), path.end(), empty)) refuse("the key path has an empty part");
  if (path.size() > max_depth) refuse("the key path is deeper than " + std::to_string(max_depth) + " levels");
  const std::string text = assignment.substr(equals + 1);
  if (text.find_first_not_of(" \t\n") == std::string::npos) {
    refuse("there is nothing after '='; write " + assignment.substr(0, equals) + "='\"\"' for an empty text");
  }
  Node value = marked(parse_value(text, mark.text() + ": '" + shown(assignment) + "': value"), mark);

  Node* at = &root;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (at->is_list()) {
      const auto item = parse_integer(path[i]).value;
      const auto size = static_cast<std::int64_t>(at->items().size());
      if (!item || *item < 0 || *item >= size) {
        refuse("'" + shown(path[i]) + "' is no item of a list of " + std::to_string(size) + " (counted from 0)");
      }
      at = &at->items()[static_cast<std::size_t>(*item)];
      continue;
    }
    if (!at->is_map()) {
      Node map = Node::map(mark);
      if (at->is_scalar() && !at->quoted()) map.set("type", *at, at->mark());
      *at = std::move(map);
    }
    if (at->find(path[i]) == nullptr) at->set(path[i], Node::map(mark), mark);
    if (i + 1 == path.size()) {
      // The key is now the argument's too: an unknown key is reported at its place.
      for (KeyValue& entry : at->entries()) {
        if (entry.key == path[i]) entry.mark = mark;
      }
    }
    at = at->find(path[i]);
  }
  *at = std::move(value);
}

}  // namespace scorefield::deck
