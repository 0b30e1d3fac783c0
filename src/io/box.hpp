#pragma once
/// Walks over boxes of arrays in C order.

#include <algorithm>

#include "io/data.hpp"

namespace scorefield::io {

/// Throws FileError (naming `what`) unless the box lies inside an array of this shape.
void check_box(const Extents& shape, const Extents& offset, const Extents& count, const std::string& what);

/// Calls action(global_index, local_index, length) for every run of elements that are neighbours in the global array:
/// one row of the fastest axis, or more where whole rows follow each other. Indices are linear, in elements.
template <class Action>
void for_each_run(const Extents& shape, const Extents& offset, const Extents& count, const Action& action) {
  const std::uint64_t size = product(count);
  if (size == 0) return;
  // Axes from `joined` on are whole in the box, so that runs go on over them.
  std::size_t joined = shape.size();
  std::uint64_t length = 1;
  while (joined > 0) {
    --joined;
    length *= count[joined];
    if (count[joined] != shape[joined]) break;
  }
  Extents at(joined, 0);
  for (std::uint64_t local = 0; local < size; local += length) {
    std::uint64_t global = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      global = global * shape[axis] + offset[axis] + (axis < joined ? at[axis] : 0);
    }
    action(global, local, length);
    for (std::size_t axis = joined; axis-- > 0;) {
      if (++at[axis] < count[axis]) break;
      at[axis] = 0;
    }
  }
}

/// Calls action(offset, count, local_index) for boxes of at most `limit` elements (at least one) that together make up
/// the box and each are contiguous in its memory. HDF5 has its troubles beyond 2 GiB in one call.
template <class Action>
void for_each_block(const Extents& offset, const Extents& count, std::uint64_t limit, const Action& action) {
  if (product(count) == 0) return;
  // The slowest axis along which a block may hold more than one layer.
  std::size_t axis = 0;
  std::uint64_t layer = product(count);
  while (axis < count.size() && (layer /= count[axis]) > limit) ++axis;
  if (axis == count.size()) {
    action(offset, count, std::uint64_t{0});
    return;
  }
  const std::uint64_t thickness = layer == 0 ? 1 : std::max<std::uint64_t>(1, limit / layer);
  Extents block_offset = offset;
  Extents block_count = count;
  for (std::size_t slower = 0; slower < axis; ++slower) block_count[slower] = 1;
  std::uint64_t local = 0;
  for (;;) {
    for (std::uint64_t start = 0; start < count[axis]; start += thickness) {
      block_offset[axis] = offset[axis] + start;
      block_count[axis] = std::min(thickness, count[axis] - start);
      action(block_offset, block_count, local);
      local += block_count[axis] * layer;
    }
    std::size_t slower = axis;
    while (slower > 0) {
      --slower;
      if (++block_offset[slower] < offset[slower] + count[slower]) break;
      block_offset[slower] = offset[slower];
      if (slower == 0) return;
    }
    if (axis == 0) return;
  }
}

}  // namespace scorefield::io
