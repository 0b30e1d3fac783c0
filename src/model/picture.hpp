#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace scorefield::model {

/// A grey picture that a finished run leaves beside its samples.h5, whose first row is on top.
struct Picture {
  std::string file;                           ///< its name, for example "cleaned.png"
  std::string dataset;                        ///< 2-D data set of samples.h5, for example "/summary/mean"
  std::function<std::uint8_t(double)> level;  ///< grey level of a value: 0 is black, 255 white
};

}  // namespace scorefield::model
