#include "deck/node.hpp"
#include "deck/scalar.hpp"

#include <algorithm>

namespace scorefield::deck {
namespace {

std::string quote(const std::string& text) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"': result += "\\\""; break;
      case '\\': result += "\\\\"; break;
      case '\n': result += "\\n"; break;
      case '\t': result += "\\t"; break;
      case '\r': result += "\\r"; break;
      default:
        if (byte < 0x20U || byte == 0x7FU) {
          result += "\\x";
          result += hex[byte >> 4U];
          result += hex[byte & 0xFU];
        } else {
          result += c;
        }
    }
  }
  return result + "\"";
}

std::string scalar_yaml(const Node& node) {
  const bool plain = !node.quoted() && (is_plain_text(node.text()) || is_plain_value(node.text()));
  return plain ? node.text() : quote(node.text());
}

std::string key_yaml(const std::string& key) { return is_plain_text(key) ? key : quote(key); }

/// Written on the line of its key: scalars, empty things, and lists of scalars (or of such lists).
bool fits_one_line(const Node& node) {
  switch (node.kind()) {
    case Node::Kind::null:
    case Node::Kind::scalar: return true;
    case Node::Kind::list: return std::all_of(node.items().begin(), node.items().end(), fits_one_line);
    case Node::Kind::map: return node.entries().empty();
  }
  return false;
}

void write_flow(const Node& node, std::string& out) {
  switch (node.kind()) {
    case Node::Kind::null: out += "~"; return;
    case Node::Kind::scalar: out += scalar_yaml(node); return;
    case Node::Kind::list: {
      out += "[";
      const char* separator = "";
      for (const Node& item : node.items()) {
        out += separator;
        write_flow(item, out);
        separator = ", ";
      }
      out += "]";
      return;
    }
    case Node::Kind::map: {
      out += "{";
      const char* separator = "";
      for (const KeyValue& entry : node.entries()) {
        out += separator + key_yaml(entry.key) + ": ";
        write_flow(entry.value, out);
        separator = ", ";
      }
      out += "}";
      return;
    }
  }
}

/// Writes a block. The cursor stands where the first line begins, already indented; the others indent themselves.
void write_block(const Node& node, std::size_t indent, std::string& out) {
  if (fits_one_line(node)) {
    write_flow(node, out);
    out += "\n";
    return;
  }
  const std::string margin(indent, ' ');
  bool first = true;
  for (const Node& item : node.items()) {
    if (!first) out += margin;
    first = false;
    out += "- ";
    write_block(item, indent + 2, out);
  }
  for (const KeyValue& entry : node.entries()) {
    if (!first) out += margin;
    first = false;
    out += key_yaml(entry.key) + ":";
    if (fits_one_line(entry.value)) {
      out += " ";
    } else {
      out += "\n" + std::string(indent + 2, ' ');
    }
    write_block(entry.value, indent + 2, out);
  }
}

}  // namespace

std::string to_yaml(const Node& node) {
  std::string out;
  write_block(node, 0, out);
  return out;
}

std::string to_flow_yaml(const Node& node) {
  std::string out;
  write_flow(node, out);
  return out;
}

}  // namespace scorefield::deck
