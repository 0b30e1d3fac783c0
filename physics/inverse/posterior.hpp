#pragma once
/// Posterior of a field given data.

#include <memory>
#include <vector>

#include "model/components.hpp"

namespace scorefield::physics {

struct PosteriorOptions {
  deck::Component prior;
  std::vector<deck::Component> likelihoods;
};

/// E = E_prior + sum of E_likelihood, so the score is the sum of their scores. A quadratic form where all terms are.
/// Likelihoods are of the physical field: where the prior is transformed (Target::is_transformed) they are evaluated on
/// what it makes of the state, and their gradients pulled back.
class Posterior : public model::Target, public model::LinearGaussian {
 public:
  using Options = PosteriorOptions;
  static deck::Schema<Options> schema();
  Posterior(const Options& options, const model::BuildContext& context);
  static model::ChainFootprint footprint(const Options& options, const model::Components& components);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] int components() const override { return prior_->components(); }
  [[nodiscard]] double degrees_of_freedom() const override { return prior_->degrees_of_freedom(); }
  [[nodiscard]] std::string unit() const override { return prior_->unit(); }
  [[nodiscard]] model::LinearGaussian* linear_gaussian() override;
  [[nodiscard]] model::LinearGaussian* prior_gaussian() override { return prior_->linear_gaussian(); }
  [[nodiscard]] std::function<double(double)> prior_power() const override { return prior_->prior_power(); }
  void draw_prior(const noise::Stream& stream, model::DualField& x) override { prior_->draw_prior(stream, x); }
  [[nodiscard]] std::vector<model::NamedField> named_fields() const override;
  [[nodiscard]] std::vector<std::string> remarks() const override;
  [[nodiscard]] bool is_transformed() const override { return prior_->is_transformed(); }
  void physical(model::DualField& state, model::DualField& out) override { prior_->physical(state, out); }
  void add_pullback(model::DualField& state, model::DualField& field, model::DualSum& gradient,
                    model::DualSum& out) override {
    prior_->add_pullback(state, field, gradient, out);
  }

  void add_precision(model::DualField& x, model::DualSum& out) override;
  void add_information(model::DualSum& out) override;
  void add_perturbation(const noise::Stream& stream, model::DualSum& out) override;
  void add_mean_precision(const base::DiagonalView& out) const override;

 protected:
  Posterior(std::unique_ptr<model::Target> prior, const grid::Domain& domain);
  /// Collective. The next likelihood; they are built with own(context).
  void add(std::unique_ptr<model::Likelihood> likelihood);
  /// What a likelihood of this posterior is built from.
  [[nodiscard]] model::BuildContext own(const model::BuildContext& context) const;

 private:
  /// Likelihoods of the physical field.
  reduce::ExactSum evaluate_likelihoods(model::DualField& field, model::DualSum* gradient);

  std::unique_ptr<model::Target> prior_;
  std::vector<std::unique_ptr<model::Likelihood>> likelihoods_;
  model::DualField field_;  // the physical field, and the gradient by it, where the prior is transformed
  model::DualSum slope_;
  std::vector<model::LinearGaussian*> quadratic_terms_;  // empty unless all terms are quadratic; owned above
};

}  // namespace scorefield::physics
