#pragma once
/// From text to Node, strictly: what YAML would drop or guess in silence is refused with its place.
///
/// Refused: duplicate keys, a second document, anchors, aliases, tags and merge keys, an unclosed quote or bracket,
/// nesting deeper than 32, more than 100,000 nodes, more than 1 MiB, control characters, invalid UTF-8, an empty deck,
/// and a deck that is not a map. All are base::DeckError; nothing crashes or takes longer than reading 1 MiB does.

#include "deck/node.hpp"

#include <filesystem>
#include <string>

namespace scorefield::deck {

/// Parses a deck; `source` is the name used in messages.
[[nodiscard]] Node parse(const std::string& text, const std::string& source);
/// Text of a deck file, no more of it than one byte beyond what parse() accepts. Throws base::FileError when it cannot
/// be read.
[[nodiscard]] std::string read_text(const std::filesystem::path& path);
/// Parses any YAML value under the same rules: "0.1", "[1, 2]", "{type: mala}".
[[nodiscard]] Node parse_value(const std::string& text, const std::string& source);

}  // namespace scorefield::deck
