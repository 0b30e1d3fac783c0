// The only file that knows yaml-cpp, and only its event interface: the strict checks and the parse are one pass.
#include "deck/parse.hpp"

#include "base/errors.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace scorefield::deck {
namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 20U;
constexpr std::size_t max_nodes = 100000;
constexpr std::size_t max_depth = 32;
constexpr const char* no_aliases = "aliases (*name) are not allowed in a deck";

[[noreturn]] void refuse(const Mark& mark, const std::string& message) {
  throw base::DeckError(mark.text() + ": " + message);
}

/// Builds Nodes from yaml-cpp's events and refuses what a deck may not hold.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(std::string source) : source_(std::move(source)) {}
  [[nodiscard]] Node take_root() { return std::move(root_); }
  [[nodiscard]] const Mark& first_mark() const { return first_mark_; }
  [[nodiscard]] const Mark& last_mark() const { return last_mark_; }
  /// Where the maps and lists begin that are not yet complete, outermost first.
  [[nodiscard]] std::vector<Mark> open_marks() const {
    std::vector<Mark> marks;
    for (const Frame& frame : frames_) marks.push_back(frame.node.mark());
    return marks;
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnNull(const YAML::Mark& where, YAML::anchor_t anchor) override {
    const Mark mark = begin(where, "?", anchor);
    if (at_key()) refuse(mark, "a key must be a word");
    finish(Node::null(mark));
  }
  void OnAlias(const YAML::Mark& where, YAML::anchor_t) override { refuse(to_mark(where), no_aliases); }
  void OnScalar(const YAML::Mark& where, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const Mark mark = begin(where, tag, anchor);
    if (at_key()) {
      take_key(value, mark);
    } else {
      finish(Node::scalar(value, tag == "!", mark));
    }
  }
  void OnSequenceStart(const YAML::Mark& where, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(begin(where, tag, anchor), false);
  }
  void OnMapStart(const YAML::Mark& where, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(begin(where, tag, anchor), true);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    std::optional<std::string> key;  ///< read, its value still to come
    Mark key_mark;
    std::unordered_map<std::string, int> lines;  ///< of the keys seen
  };

  [[nodiscard]] Mark to_mark(const YAML::Mark& where) const { return {source_, where.line + 1, where.column + 1}; }
  [[nodiscard]] bool at_key() const { return !frames_.empty() && frames_.back().node.is_map() && !frames_.back().key; }

  Mark begin(const YAML::Mark& where, const std::string& tag, YAML::anchor_t anchor) {
    Mark mark = to_mark(where);
    if (count_ == 0) first_mark_ = mark;
    last_mark_ = mark;
    if (++count_ > max_nodes) refuse(mark, "more than " + std::to_string(max_nodes) + " values in a deck");
    if (anchor != 0) refuse(mark, "anchors (&name) are not allowed in a deck");
    // yaml-cpp marks plain scalars "?" and quoted ones "!"; all else was written by the user.
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags ('" + shown(tag) + "') are not allowed in a deck");
    return mark;
  }

  void take_key(const std::string& key, const Mark& mark) {
    Frame& frame = frames_.back();
    if (key.empty()) refuse(mark, "a key must be a word");
    if (key == "<<") refuse(mark, "merge keys (<<) are not allowed in a deck");
    const auto [seen, is_new] = frame.lines.emplace(key, mark.line);
    if (!is_new) {
      refuse(mark, "key '" + shown(key) + "' is given twice (first on line " + std::to_string(seen->second) + ")");
    }
    frame.key = key;
    frame.key_mark = mark;
  }

  void open(const Mark& mark, bool is_map) {
    if (at_key()) refuse(mark, "a key must be a word, not a list or a map (is a bracket left open?)");
    if (frames_.size() >= max_depth) refuse(mark, "nested deeper than " + std::to_string(max_depth) + " levels");
    frames_.push_back({is_map ? Node::map(mark) : Node::list(mark), {}, {}, {}});
  }

  void close() {
    Node node = std::move(frames_.back().node);
    frames_.pop_back();
    finish(std::move(node));
  }

  void finish(Node node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.is_list()) {
      frame.node.append(std::move(node));
      return;
    }
    // yaml-cpp places a missing value at the token after it: its key is where the user looks.
    if (node.is_null()) node = Node::null(frame.key_mark);
    frame.node.entries().push_back({std::move(*frame.key), std::move(frame.key_mark), std::move(node)});
    frame.key.reset();
  }

  std::string source_;
  std::vector<Frame> frames_;
  Node root_;
  Mark first_mark_, last_mark_;
  std::size_t count_ = 0;
};

/// Length of the UTF-8 character at `i`, 0 when it is not valid (overlong forms and surrogates included).
std::size_t utf8_length(const std::string& text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
  const auto continues = [&](std::size_t k) { return (byte(k) & 0xC0U) == 0x80U; };
  const unsigned first = byte(i), second = byte(i + 1);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU && continues(i + 1)) return 2;
  if (first >= 0xE0U && first <= 0xEFU && continues(i + 1) && continues(i + 2)) {
    const bool overlong = first == 0xE0U && second < 0xA0U;
    const bool surrogate = first == 0xEDU && second > 0x9FU;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0U && first <= 0xF4U && continues(i + 1) && continues(i + 2) && continues(i + 3)) {
    const bool overlong = first == 0xF0U && second < 0x90U;
    const bool beyond = first == 0xF4U && second > 0x8FU;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

void check_characters(const std::string& text, const std::string& source) {
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const Mark mark{source, line, static_cast<int>(i - line_start) + 1};
    if (byte == 0) refuse(mark, "a NUL byte: this is not a text file");
    if ((byte < 0x20U && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7FU) {
      refuse(mark, "a control character (" + std::to_string(byte) + "): this is not a text file");
    }
    const std::size_t length = utf8_length(text, i);
    if (length == 0) refuse(mark, "not valid UTF-8: save the deck as UTF-8 text");
    i += length;
    if (byte == '\n') {
      ++line;
      line_start = i;
    }
  }
}

std::string line_of(const std::string& text, int number) {
  std::istringstream lines(text);
  std::string line;
  for (int i = 0; i < number && std::getline(lines, line); ++i) {
  }
  return line;
}

/// yaml-cpp's complaint in words of the deck.
std::string in_our_words(const std::string& complaint) {
  struct Translation {
    std::string_view theirs, ours;
  };
  static constexpr std::array<Translation, 5> table{{
      {"illegal map value", "a ':' where no key can stand: check the indentation, or quote the text"},
      {"end of map not found", "this line fits no map that is open: check the indentation and the quotes before it"},
      {"end of sequence not found",
       "this line fits no list that is open: check the indentation and the quotes before it"},
      {"illegal flow end", "a closing bracket that does not match"},
      {"unknown token", "no value can begin with this character: quote the text"},
  }};
  for (const Translation& t : table) {
    if (complaint == t.theirs) return "not valid YAML: " + std::string(t.ours);
  }
  return "not valid YAML: " + complaint;
}

[[noreturn]] void refuse_syntax(const YAML::Exception& error, const std::string& text, const Builder& builder,
                                const std::string& source) {
  const int last_line = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
  Mark mark{source, std::max(error.mark.line, 0) + 1, std::max(error.mark.column, 0) + 1};
  const bool at_end = mark.line > last_line;
  const auto says = [&](const char* words) { return error.msg.find(words) != std::string::npos; };
  if (says("in scalar") && at_end) {
    mark = builder.last_mark().from_file() ? builder.last_mark() : Mark{source, 1, 1};
    refuse(mark, "a quoted text that begins after this place is not closed");
  }
  if (says("flow not found")) {
    for (const Mark& open : builder.open_marks()) {
      const std::string line = line_of(text, open.line);
      const auto column = static_cast<std::size_t>(open.column - 1);
      if (column < line.size() && (line[column] == '[' || line[column] == '{')) mark = open;
    }
    refuse(mark, "this bracket is not closed");
  }
  if (says("anchor is not defined")) refuse(mark, no_aliases);
  if (at_end) mark = {source, last_line, 1};
  const std::string line = line_of(text, mark.line);
  if (line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string::npos) {
    refuse(mark, "a tab is used for indentation: use spaces");
  }
  refuse(mark, in_our_words(error.msg));
}

}  // namespace

Node parse_value(const std::string& text, const std::string& source) {
  if (text.size() > max_bytes) throw base::DeckError(source + ": larger than 1 MiB: this cannot be a deck");
  check_characters(text, source);
  static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  const std::string body = text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
  // yaml-cpp accepts a quote left open at the end of the file; with a document end after it, it does not.
  std::istringstream input(body + "\n...\n");
  Builder builder(source);
  Builder rest(source);
  try {
    YAML::Parser parser(input);
    if (!parser.HandleNextDocument(builder)) refuse({source, 1, 1}, "the deck is empty");
    if (parser.HandleNextDocument(rest)) {
      const Mark& mark = rest.first_mark();
      refuse(mark.from_file() ? mark : Mark{source, 1, 1},
             "the deck ends before this: a second document is not allowed");
    }
  } catch (const YAML::Exception& error) {
    refuse_syntax(error, body, builder, source);
  }
  return builder.take_root();
}

Node parse(const std::string& text, const std::string& source) {
  Node root = parse_value(text, source);
  if (root.is_null()) refuse({source, 1, 1}, "the deck is empty");
  if (!root.is_map()) refuse(root.mark(), "a deck is a map of sections ('run: ...'), not " + root.described());
  return root;
}

std::string read_text(const std::filesystem::path& path) {
  const auto fail = [&](const std::string& why) { throw base::FileError("cannot read " + path.string() + ": " + why); };
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) fail("it is a directory");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(errno != 0 ? std::strerror(errno) : "it cannot be opened");
  // One byte more than allowed is enough to know: a deck is never read whole when it is a 1 GB file.
  std::string text(max_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) fail("read error");
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace scorefield::deck
