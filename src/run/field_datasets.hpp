#pragma once
/// What samples.h5 and result.h5 share: fields of a lattice as data sets, along the user's axes (1 to 3, slow to fast)
/// whatever the decomposition, and where results come from.

#include "grid/lattice.hpp"
#include "io/data.hpp"
#include "run/run_deck.hpp"

namespace scorefield::run {

/// `leading` extents, then components where there are several, then the lattice.
[[nodiscard]] io::Extents field_shape(const grid::Lattice& lattice, int components, io::Extents leading = {});
/// The values of a box as a piece, behind the leading axes [first, first + extents).
[[nodiscard]] io::Piece field_piece(const grid::Lattice& lattice, const grid::Box& box, io::Extents first,
                                    io::Extents extents, const void* data);
/// Root attributes of a file of this format: deck, code and lattice. Nothing in them depends on ranks or clocks.
[[nodiscard]] io::Attributes provenance(const std::string& format, const ResolvedDeck& deck);

}  // namespace scorefield::run
