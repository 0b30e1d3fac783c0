#include <iostream>

#include "app/commands.hpp"
#include "deck/describe.hpp"
#include "run/run_deck.hpp"

namespace scorefield::app {

base::ExitCode describe_command(const model::Components& components, const std::string& component, bool markdown) {
  const deck::Style style = markdown ? deck::Style::markdown : deck::Style::terminal;
  const auto schema = run::RunDeck::schema();
  if (component.empty() && !markdown) {
    std::cout << deck::overview(components.catalogue)
              << "\n`scorefield describe NAME` lists the options of one, `deck` those of "
              << "the sections run, domain and output.\n";
  } else if (component == "deck") {
    std::cout << deck::describe(schema.any(), style);
  } else if (component.empty() || component == "all") {
    std::cout << deck::describe(schema.any(), style) << "\n" << deck::describe_all(components.catalogue, style);
  } else if (const deck::Entry* entry = components.catalogue.find_component(component)) {
    std::cout << deck::describe(entry->schema, style);
  } else {
    std::vector<std::string> names;
    for (const auto& [name, family] : components.catalogue.all()) {
      for (const auto& known : family.names()) names.push_back(known);
    }
    const std::string near = deck::nearest(component, names);
    throw base::DeckError(
        "there is no component '" + component + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"),
        "`scorefield describe` lists all components");
  }
  return base::ExitCode::done;
}

}  // namespace scorefield::app
