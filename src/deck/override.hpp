#pragma once
/// Overrides from the command line.

#include "deck/node.hpp"

#include <string>

namespace scorefield::deck {

/// Applies "key.path=value" to a deck: the value is YAML, a number in the path is the index of a list item, and maps on
/// the way are made. A component given as a plain word ("sampler: mala") becomes {type: mala} when one of its options
/// is set. The new value's mark is "command line argument <index>". Throws base::DeckError when malformed.
void apply_override(Node& root, const std::string& assignment, int index);

}  // namespace scorefield::deck
