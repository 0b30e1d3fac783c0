#pragma once
/// Hidden units behind an energy of symbols: what alternating samplers need.

#include <cstdint>

namespace scorefield::model {

/// Capability: symbols v of 0 and 1, all in one row, whose law is that of the visible units of a joint law p(v, h) with
/// the hidden units h, of 0 and 1 too, summed out. Hidden units are independent of each other given v, and visible
/// units given h. The energy reaches everywhere.
class HiddenUnits {
 public:
  virtual ~HiddenUnits() = default;
  /// How many.
  [[nodiscard]] virtual std::int64_t hidden_count() const = 0;
  /// logits[j] = ln p(h_j = 1 | v) / p(h_j = 0 | v) of each hidden unit.
  virtual void hidden_logits(const std::uint8_t* visible, double* logits) const = 0;
  /// logits[i] = ln p(v_i = 1 | h) / p(v_i = 0 | h) of each visible unit.
  virtual void visible_logits(const std::uint8_t* hidden, double* logits) const = 0;
};

}  // namespace scorefield::model
