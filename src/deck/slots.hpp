#pragma once
/// Reading and writing the value of one option, whatever its type. Used by schema.cpp and describe.cpp alone.

#include "deck/schema.hpp"

#include <string>

namespace scorefield::deck {

/// Reads `node` into the slot; what is wrong goes to context.problems under `key`.
void read_slot(const Slot& slot, const Option& option, const Node& node, ParseContext& context, const std::string& key);
/// The value in the slot; `present` is false for an absent component or optional section.
struct Emitted {
  bool present = true;
  Node node;
};
[[nodiscard]] Emitted emit_slot(const Slot& slot, const Option& option);

/// "number", "list of whole numbers", "target", ...
[[nodiscard]] std::string type_text(const Slot& slot, const Option& option);
/// "> 0 and < 1", "one of prior, zero", "2 to 3 items"; empty when anything goes.
[[nodiscard]] std::string range_text(const Spec& spec);

}  // namespace scorefield::deck
