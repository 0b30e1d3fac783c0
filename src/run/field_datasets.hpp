#pragma once
/// Fields of a lattice as data sets: the user's axes (1 to 3, slow to fast), whatever the decomposition.

#include "grid/lattice.hpp"
#include "io/data.hpp"

namespace scorefield::run {

/// `leading` extents, then components where there are several, then the lattice.
[[nodiscard]] io::Extents field_shape(const grid::Lattice& lattice, int components, io::Extents leading = {});
/// The values of a box as a piece, behind the leading axes [first, first + extents).
[[nodiscard]] io::Piece field_piece(const grid::Lattice& lattice, const grid::Box& box, io::Extents first,
                                    io::Extents extents, const void* data);
/// Root attributes that describe the lattice.
[[nodiscard]] io::Attributes lattice_attributes(const grid::Lattice& lattice);

}  // namespace scorefield::run
