#include <cstdio>

#include "app/commands.hpp"
#include "deck/parse.hpp"
#include "io/posix_file.hpp"
#include "io/structure.hpp"
#include "run/resources.hpp"

namespace scorefield::app {

void print_error(const base::Error& error) {
  std::fprintf(stderr, "%s\nscorefield: %s (exit code %d)\n", error.what(), error.advice().c_str(),
               static_cast<int>(error.code()));
}

base::ExitCode check_command(const model::Components& components, const CheckArguments& arguments) {
  const run::ResolvedDeck deck =
      run::resolve_deck(deck::read_text(arguments.deck), arguments.deck, arguments.overrides, components.catalogue);
  std::printf("%s", deck.yaml.c_str());
  // As YAML comments, so that the whole output is a deck.
  const run::Resources r = run::estimate_resources(deck.options, components, arguments.ranks);
  const auto extents = [](const grid::Box& box) {
    return std::to_string(box.extent(0)) + " x " + std::to_string(box.extent(1)) + " x " +
           std::to_string(box.extent(2));
  };
  std::printf("# ranks          %d, up to %lld for a chain, up to %lld chains on a rank\n", r.ranks,
              static_cast<long long>(r.ranks_of_chain), static_cast<long long>(r.chains_of_rank));
  std::printf("# decomposition  largest box (z, y, x) %s, of modes (z, y, kx) %s; %lld ranks of a chain own nothing\n",
              extents(r.largest_real).c_str(), extents(r.largest_spectral).c_str(),
              static_cast<long long>(r.empty_ranks));
  std::printf("# memory         %s per rank at most, beyond that of MPI itself\n",
              io::human_bytes(r.bytes_per_rank).c_str());
  if (deck.options.task) {
    std::printf("# task           run as '%s': a sampler and observables are not used\n",
                deck.options.task.type.c_str());
    std::printf("# disk           %s of results at most\n", io::human_bytes(r.bytes_of_samples).c_str());
    return base::ExitCode::done;
  }
  std::printf(
      "# disk           %s per checkpoint (%lld are kept, one more while it is written), %s of traces and "
      "maps, %s of draws\n",
      io::human_bytes(r.bytes_of_checkpoint).c_str(), static_cast<long long>(deck.options.output.checkpoint.keep),
      io::human_bytes(r.bytes_of_samples).c_str(), io::human_bytes(r.bytes_of_draws).c_str());
  return base::ExitCode::done;
}

}  // namespace scorefield::app
