#pragma once
/// Restricted Boltzmann machines.

#include <string>
#include <vector>

#include "model/components.hpp"
#include "model/symbol_target.hpp"

namespace scorefield::physics {

struct RbmOptions {
  deck::FilePath file;
  std::string weights = "weights";
  std::string visible_bias = "visible_bias";
  std::string hidden_bias = "hidden_bias";
};

/// E(v) = -b.v - sum_j ln(1 + exp(c_j + (W^T v)_j)) of visible units v of 0 and 1, the cells of a 1-D lattice: the
/// restricted Boltzmann machine E(v, h) = -b.v - c.h - v^T W h with its hidden units h summed out (Smolensky 1986;
/// Hinton 2002).
class Rbm final : public model::SymbolTarget, public model::HiddenUnits {
 public:
  using Options = RbmOptions;
  static deck::Schema<Options> schema();
  /// FileError where the data sets do not fit each other or hold no finite numbers, DeckError where they do not fit the
  /// domain.
  Rbm(const Options& options, const model::BuildContext& context);

  [[nodiscard]] int symbols() const override { return 2; }
  [[nodiscard]] int reach() const override { return everywhere; }
  [[nodiscard]] bool is_axis_only() const override { return false; }
  void changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const override;
  [[nodiscard]] double energy(const model::SymbolRow& row) const override;

  [[nodiscard]] const model::HiddenUnits* hidden_units() const override { return this; }
  [[nodiscard]] std::int64_t hidden_count() const override { return static_cast<std::int64_t>(hidden_bias_.size()); }
  void hidden_logits(const std::uint8_t* visible, double* logits) const override;
  void visible_logits(const std::uint8_t* hidden, double* logits) const override;

 private:
  /// Weights of a visible unit to all hidden ones.
  [[nodiscard]] const double* weights_of(std::size_t visible) const {
    return weights_.data() + visible * hidden_bias_.size();
  }

  std::vector<double> weights_;  // (visible, hidden)
  std::vector<double> visible_bias_, hidden_bias_;
};

}  // namespace scorefield::physics
