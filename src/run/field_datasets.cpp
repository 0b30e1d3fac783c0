#include "run/field_datasets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/version.hpp"

namespace scorefield::run {

io::Extents field_shape(const grid::Lattice& lattice, int components, io::Extents leading) {
  if (components > 1) leading.push_back(static_cast<std::uint64_t>(components));
  for (const std::int64_t n : lattice.shape()) leading.push_back(static_cast<std::uint64_t>(n));
  return leading;
}

io::Piece field_piece(const grid::Lattice& lattice, const grid::Box& box, io::Extents first, io::Extents extents,
                      const void* data) {
  io::Piece piece{std::move(first), std::move(extents), data};
  for (const int axis : lattice.axes()) {
    piece.offset.push_back(static_cast<std::uint64_t>(box.lo[axis]));
    piece.count.push_back(static_cast<std::uint64_t>(box.extent(axis)));
  }
  return piece;
}

io::Attributes provenance(const std::string& format, const ResolvedDeck& deck) {
  const grid::Lattice lattice = deck.options.lattice();
  return {{"format", format},
          {"format_version", std::int64_t{1}},
          {"name", deck.options.run.name},
          {"deck", deck.yaml},
          {"seed", deck.options.run.seed},
          {"version", base::version()},
          {"git_revision", base::git_revision()},
          {"target", deck.options.target.type},
          {"shape", fmt::format("{}", fmt::join(lattice.shape(), " "))},
          {"spacing", fmt::format("{}", fmt::join(lattice.spacing(), " "))},
          {"unit", lattice.unit()},
          {"wavenumber_unit", lattice.wavenumber_unit()}};
}

}  // namespace scorefield::run
