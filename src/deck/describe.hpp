#pragma once
/// The manual of the options, made from their declarations: for the terminal and for docs/user/options.md.

#include "deck/catalogue.hpp"

#include <string>

namespace scorefield::deck {

enum class Style { terminal, markdown };

/// One component or section: what it is, its example, and each option with type, unit, default, range and meaning.
/// Nested sections are included, their options as "section.option".
[[nodiscard]] std::string describe(const AnySchema& schema, Style style);
/// Every family with its components.
[[nodiscard]] std::string describe_all(const Catalogue& catalogue, Style style);
/// The families and the names in them with their first sentences: what `describe` prints when asked for nothing.
[[nodiscard]] std::string overview(const Catalogue& catalogue);

}  // namespace scorefield::deck
