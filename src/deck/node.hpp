#pragma once
/// The deck as a tree of values that know where they were written.
///
/// A Node is a plain value: null, scalar (its text, and whether it was quoted), list, or map with its keys in the order
/// of the file. It knows nothing of YAML libraries; parse.hpp builds it, to_yaml() writes it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scorefield::deck {

/// A place in the user's input, 1-based. Line 0 means a source without lines (a command line argument), where `column`
/// only keeps the order of the arguments.
struct Mark {
  std::string source;
  int line = 0;
  int column = 0;
  /// "deck.yaml:3:7", or the source alone where there are no lines.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool from_file() const noexcept { return line > 0; }
};

struct KeyValue;

class Node {
 public:
  enum class Kind { null, scalar, list, map };

  // Defined in node.cpp, where KeyValue is complete: a vector of it can be named before, not made, copied or destroyed.
  Node();
  Node(const Node& other);
  Node(Node&& other) noexcept;
  Node& operator=(const Node& other);
  Node& operator=(Node&& other) noexcept;
  ~Node();
  static Node scalar(std::string text, bool quoted, Mark mark = {});
  static Node list(Mark mark = {});
  static Node map(Mark mark = {});
  static Node null(Mark mark = {});
  /// Values as the resolved deck writes them: read back by parse(), they are the same value.
  static Node of(bool value);
  static Node of(std::int64_t value);
  static Node of(double value);
  static Node of(const std::string& value);
  static Node of(const char* value) { return of(std::string(value)); }

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_null() const noexcept { return kind_ == Kind::null; }
  [[nodiscard]] bool is_scalar() const noexcept { return kind_ == Kind::scalar; }
  [[nodiscard]] bool is_list() const noexcept { return kind_ == Kind::list; }
  [[nodiscard]] bool is_map() const noexcept { return kind_ == Kind::map; }
  [[nodiscard]] const Mark& mark() const noexcept { return mark_; }

  /// The text of a scalar, quotes and escapes resolved; empty for other kinds.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] bool quoted() const noexcept { return quoted_; }
  /// An unquoted scalar with exactly this text.
  [[nodiscard]] bool is_word(std::string_view word) const noexcept { return is_scalar() && !quoted_ && text_ == word; }

  [[nodiscard]] const std::vector<Node>& items() const noexcept { return items_; }
  [[nodiscard]] std::vector<Node>& items() noexcept { return items_; }
  [[nodiscard]] const std::vector<KeyValue>& entries() const noexcept { return entries_; }
  [[nodiscard]] std::vector<KeyValue>& entries() noexcept { return entries_; }
  /// The value of a key of a map, or nullptr.
  [[nodiscard]] const Node* find(std::string_view key) const noexcept;
  [[nodiscard]] Node* find(std::string_view key) noexcept;

  /// Adds an item to a list.
  void append(Node item);
  /// Sets a key of a map: replaced in place, or added at the end.
  void set(const std::string& key, Node value, Mark key_mark = {});

  /// What it is, for messages: "the text 'abc'", "a list", "a map", "nothing".
  [[nodiscard]] std::string described() const;

 private:
  Kind kind_ = Kind::null;
  bool quoted_ = false;
  Mark mark_;
  std::string text_;
  std::vector<Node> items_;
  std::vector<KeyValue> entries_;
};

struct KeyValue {
  std::string key;
  Mark mark;
  Node value;
};

/// YAML that parse() reads back to the same tree: maps as blocks, lists of scalars on one line.
[[nodiscard]] std::string to_yaml(const Node& node);
/// The same on a single line: {a: 1, b: [2, 3]}.
[[nodiscard]] std::string to_flow_yaml(const Node& node);

/// At most 60 bytes of user text for a message, control characters replaced.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace scorefield::deck
