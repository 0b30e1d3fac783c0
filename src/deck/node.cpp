#include "deck/node.hpp"

#include "deck/scalar.hpp"

#include <algorithm>
#include <utility>

namespace scorefield::deck {

std::string Mark::text() const {
  if (!from_file()) return source;
  return source + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Node::Node() = default;
Node::Node(const Node& other) = default;
Node::Node(Node&& other) noexcept = default;
Node& Node::operator=(const Node& other) = default;
Node& Node::operator=(Node&& other) noexcept = default;
Node::~Node() = default;

Node Node::scalar(std::string text, bool quoted, Mark mark) {
  Node node;
  node.kind_ = Kind::scalar;
  node.quoted_ = quoted;
  node.text_ = std::move(text);
  node.mark_ = std::move(mark);
  return node;
}

Node Node::list(Mark mark) {
  Node node;
  node.kind_ = Kind::list;
  node.mark_ = std::move(mark);
  return node;
}

Node Node::map(Mark mark) {
  Node node;
  node.kind_ = Kind::map;
  node.mark_ = std::move(mark);
  return node;
}

Node Node::null(Mark mark) {
  Node node;
  node.mark_ = std::move(mark);
  return node;
}

Node Node::of(bool value) { return scalar(value ? "true" : "false", false); }
Node Node::of(std::int64_t value) { return scalar(std::to_string(value), false); }
Node Node::of(double value) { return scalar(format_real(value), false); }
Node Node::of(const std::string& value) { return scalar(value, !is_plain_text(value)); }

const Node* Node::find(std::string_view key) const noexcept {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const KeyValue& e) { return e.key == key; });
  return found == entries_.end() ? nullptr : &found->value;
}

Node* Node::find(std::string_view key) noexcept { return const_cast<Node*>(std::as_const(*this).find(key)); }

void Node::append(Node item) { items_.push_back(std::move(item)); }

void Node::set(const std::string& key, Node value, Mark key_mark) {
  if (Node* present = find(key)) {
    *present = std::move(value);
  } else {
    entries_.push_back({key, std::move(key_mark), std::move(value)});
  }
}

std::string Node::described() const {
  switch (kind_) {
    case Kind::null: return "nothing";
    case Kind::list: return "a list";
    case Kind::map: return "a map";
    case Kind::scalar: break;
  }
  return quoted_ ? "the quoted text \"" + shown(text_) + "\"" : "'" + shown(text_) + "'";
}

std::string shown(std::string_view text) {
  constexpr std::size_t limit = 60;
  std::size_t end = std::min(text.size(), limit);
  // Do not cut a UTF-8 character in two: its continuation bytes are 10xxxxxx.
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  std::string result(text.substr(0, end));
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20U || c == 0x7F) c = '?';
  }
  return end < text.size() ? result + "..." : result;
}

}  // namespace scorefield::deck
