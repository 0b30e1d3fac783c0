#pragma once

#include <string>
#include <vector>

#include "model/chain.hpp"

namespace scorefield::model {

/// Numbers read off a chain at every stored draw; they become /trace/<name> of samples.h5 and get all diagnostics.
class Observable {
 public:
  virtual ~Observable() = default;
  Observable() = default;
  Observable(const Observable&) = delete;
  Observable& operator=(const Observable&) = delete;

  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string unit() const { return "1"; }
  /// Number of values at each draw; 1 is a scalar.
  [[nodiscard]] virtual std::int64_t size() const { return 1; }
  /// Collective over the chain's ranks. Appends size() values, the same on all of these ranks.
  virtual void measure(Chain& chain, std::vector<double>& values) = 0;
  /// The means of these values under the target where they are known, none otherwise: /expected/<name>. Reports compare
  /// the draws with them, which shows a bias that all chains share.
  [[nodiscard]] virtual std::vector<double> expected() const { return {}; }
  /// Further arrays that explain the bins, as (name, values, unit): /bins/<name>.
  struct Bins {
    std::string name;
    std::vector<double> values;
    std::string unit;
  };
  [[nodiscard]] virtual std::vector<Bins> bins() const { return {}; }
};

}  // namespace scorefield::model
