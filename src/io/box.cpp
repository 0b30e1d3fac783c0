#include "io/box.hpp"

#include "base/errors.hpp"

namespace scorefield::io {

void check_box(const Extents& shape, const Extents& offset, const Extents& count, const std::string& what) {
  bool inside = offset.size() == shape.size() && count.size() == shape.size();
  for (std::size_t axis = 0; inside && axis < shape.size(); ++axis) {
    inside = offset[axis] <= shape[axis] && count[axis] <= shape[axis] - offset[axis];
  }
  if (!inside) {
    throw base::FileError(what + ": the part of " + to_string(count) + " at (" + to_string(offset) +
                              ") is outside the shape " + to_string(shape),
                          "this is a defect of scorefield, or a file of another grid");
  }
}

}  // namespace scorefield::io
