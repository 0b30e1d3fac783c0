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
class Posterior final : public model::Target, public model::LinearGaussian {
 public:
  using Options = PosteriorOptions;
  static deck::Schema<Options> schema();
  Posterior(const Options& options, const model::BuildContext& context);
  static model::Footprint footprint(const Options& options, const model::Components& components);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  [[nodiscard]] int components() const override { return prior_->components(); }
  [[nodiscard]] double degrees_of_freedom() const override { return prior_->degrees_of_freedom(); }
  [[nodiscard]] std::string unit() const override { return prior_->unit(); }
  [[nodiscard]] model::LinearGaussian* linear_gaussian() override;
  [[nodiscard]] model::LinearGaussian* prior_gaussian() override { return prior_->linear_gaussian(); }
  [[nodiscard]] std::function<double(double)> prior_power() const override { return prior_->prior_power(); }
  void draw_prior(const noise::Stream& stream, model::DualField& x) override { prior_->draw_prior(stream, x); }
  [[nodiscard]] std::vector<model::NamedField> named_fields() const override;

  void add_precision(model::DualField& x, model::DualSum& out) override;
  void add_information(model::DualSum& out) override;
  void add_perturbation(const noise::Stream& stream, model::DualSum& out) override;
  void add_mean_precision(const base::DiagonalView& out) const override;

 private:
  std::unique_ptr<model::Target> prior_;
  std::vector<std::unique_ptr<model::Likelihood>> likelihoods_;
  std::vector<model::LinearGaussian*> quadratic_terms_;  // empty unless all terms are quadratic; owned above
};

}  // namespace scorefield::physics
