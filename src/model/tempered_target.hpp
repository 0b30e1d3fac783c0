#pragma once
/// A target at a temperature.

#include "model/local_energy.hpp"
#include "model/target.hpp"

namespace scorefield::model {

/// p(x)^beta: energy and gradient of another target times an inverse temperature that the caller sets. What serves as a
/// guide alone, the quadratic form behind preconditioners and first states, is that of the target itself.
class TemperedTarget final : public Target, public LocalEnergy, public SymbolEnergy, public ClusterBonds {
 public:
  /// `target` must outlive this.
  explicit TemperedTarget(Target& target) : target_(&target) {}
  void set_beta(double beta) { beta_ = beta; }

  /// `gradient` holds nothing else: samplers clear it.
  reduce::ExactSum evaluate(DualField& x, DualSum* gradient) override {
    const reduce::ExactSum energy = target_->evaluate(x, gradient);
    if (beta_ == 1.0) return energy;
    if (gradient != nullptr) gradient->scale(beta_);
    return reduce::ExactSum(beta_ * energy.value());
  }
  [[nodiscard]] int components() const override { return target_->components(); }
  [[nodiscard]] double degrees_of_freedom() const override { return target_->degrees_of_freedom(); }
  [[nodiscard]] std::string unit() const override { return target_->unit(); }
  [[nodiscard]] LinearGaussian* linear_gaussian() override { return target_->linear_gaussian(); }
  [[nodiscard]] LinearGaussian* prior_gaussian() override { return target_->prior_gaussian(); }
  [[nodiscard]] const LocalEnergy* local_energy() const override {
    return target_->local_energy() != nullptr ? this : nullptr;
  }
  [[nodiscard]] const SymbolEnergy* symbol_energy() const override {
    return target_->symbol_energy() != nullptr ? this : nullptr;
  }
  [[nodiscard]] const ClusterBonds* cluster_bonds() const override {
    return target_->cluster_bonds() != nullptr ? this : nullptr;
  }
  void draw_prior(const noise::Stream& stream, DualField& x) override { target_->draw_prior(stream, x); }

  [[nodiscard]] std::int64_t diameter() const override { return target_->local_energy()->diameter(); }
  [[nodiscard]] bool is_axis_only() const override {
    return target_->local_energy() != nullptr ? target_->local_energy()->is_axis_only()
                                              : target_->symbol_energy()->is_axis_only();
  }
  [[nodiscard]] double energy_change(const Patch& patch, const double* x, const double* y) const override {
    return beta_ * target_->local_energy()->energy_change(patch, x, y);
  }
  void gradient(const Patch& patch, const double* x, double* out) const override {
    target_->local_energy()->gradient(patch, x, out);
    for (std::int64_t i = 0; i < patch.cells(); ++i) out[i] *= beta_;
  }

  [[nodiscard]] int symbols() const override { return target_->symbol_energy()->symbols(); }
  [[nodiscard]] int reach() const override { return target_->symbol_energy()->reach(); }
  [[nodiscard]] std::array<bool, 3> is_open() const override { return target_->symbol_energy()->is_open(); }
  [[nodiscard]] const grid::Field* map() const override { return target_->symbol_energy()->map(); }
  void changes(const SymbolRow& row, const std::uint8_t* proposed, double* change) const override {
    target_->symbol_energy()->changes(row, proposed, change);
    for (std::int64_t i = 0; i < row.count; ++i) change[i] *= beta_;
  }
  [[nodiscard]] double energy(const SymbolRow& row) const override {
    return beta_ * target_->symbol_energy()->energy(row);
  }
  [[nodiscard]] Scored pair_scores() const override {
    Scored scored = target_->symbol_energy()->pair_scores();
    scored.weight *= beta_;
    return scored;
  }

  [[nodiscard]] double coupling(int axis) const override { return beta_ * target_->cluster_bonds()->coupling(axis); }
  [[nodiscard]] double pull(const SymbolRow& row, std::int64_t cell) const override {
    return beta_ * target_->cluster_bonds()->pull(row, cell);
  }
  [[nodiscard]] std::optional<double> uniform_pull() const override {
    const std::optional<double> pull = target_->cluster_bonds()->uniform_pull();
    return pull ? std::optional(beta_ * *pull) : std::nullopt;
  }

 private:
  Target* target_;
  double beta_ = 1.0;
};

}  // namespace scorefield::model
