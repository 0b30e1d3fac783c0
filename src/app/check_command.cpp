#include <algorithm>
#include <cstdio>

#include "app/commands.hpp"
#include "io/posix_file.hpp"
#include "run/run_deck.hpp"

namespace scorefield::app {

void print_error(const base::Error& error) {
  std::fprintf(stderr, "%s\nscorefield: %s (exit code %d)\n", error.what(), error.advice().c_str(),
               static_cast<int>(error.code()));
}

base::ExitCode check_command(const CheckArguments& arguments) {
  model::Components components;
  register_all(components);
  const run::ResolvedDeck deck = run::resolve_deck(io::read_text(arguments.deck), arguments.deck, arguments.overrides,
                                                   components.catalogue);
  std::printf("%s", deck.yaml.c_str());
  return base::ExitCode::done;
}

}  // namespace scorefield::app
