#pragma once
/// What can be found out about a target besides sampling it.

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "model/target.hpp"

namespace scorefield::model {

struct Components;

struct TaskContext {
  const grid::Domain& domain;
  Target& target;
  std::uint64_t seed = 0;
  const Components* components = nullptr;  ///< for tasks made of other components
  /// To be called now and then within a long step: tells the watchdog that all is well.
  std::function<void()> alive = [] {};
};

/// Numbers that a task found, the same on all ranks: a data set of result.h5.
struct Finding {
  std::string path;                 ///< for example "/modes/energy"
  std::string meaning;              ///< one sentence, kept as an attribute
  std::vector<std::int64_t> shape;  ///< empty for a single number
  std::variant<std::vector<double>, std::vector<std::int64_t>> values;
  std::string unit = "1";
};

/// Fields that a task found, spread over ranks: a data set (field, (component,) (z,) y, x).
struct FoundFields {
  std::string path;
  std::string meaning;
  std::vector<grid::Field> fields;
  std::string unit = "1";
};

struct Findings {
  std::vector<Finding> numbers;
  std::vector<FoundFields> fields;
  std::vector<std::string> lines;     ///< for run.log: what was found, in words
  std::vector<std::string> warnings;  ///< the same, where it is not what a user would hope for
};

/// Work on a target that ends with findings. Parts of it are done one by one, so that a run can tell how far it is and
/// stop in between; a task keeps no checkpoint and is begun anew.
class Task {
 public:
  virtual ~Task() = default;
  Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  [[nodiscard]] virtual std::int64_t steps() const = 0;
  /// Collective. Steps 0, 1, ... in order. Throws base::NumericsError on all ranks where numbers are not finite.
  virtual void step(std::int64_t i) = 0;
  /// Collective. After the last step.
  [[nodiscard]] virtual Findings findings() = 0;
};

}  // namespace scorefield::model
