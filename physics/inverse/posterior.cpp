#include "physics/inverse/posterior.hpp"

namespace scorefield::physics {

deck::Schema<PosteriorOptions> Posterior::schema() {
  return deck::Schema<Options>("posterior",
                               "Field given data: energy and score are the sums of those of prior and likelihoods.")
      .example(
          "{type: posterior, prior: {type: gaussian_field, spectrum: {type: matern, correlation_length: 3.0}}, "
          "likelihoods: "
          "[{type: linear, data: {mock_seed: 5}, operators: [{type: mask, border: 0.2}], noise: {type: gaussian, std: "
          "0.5}}]}")
      .component("prior", &Options::prior, "target",
                 {.doc = "distribution of the field before the data", .required = true})
      .components("likelihoods", &Options::likelihoods, "likelihood",
                  {.doc = "independent data sets", .required = true, .min_size = 1, .max_size = 50});
}

Posterior::Posterior(const Options& options, const model::BuildContext& context)
    : prior_(context.components.targets.build(options.prior, context)) {
  model::BuildContext own = context;
  own.prior = prior_.get();
  for (const auto& option : options.likelihoods) {
    likelihoods_.push_back(context.components.likelihoods.build(option, own));
    ++own.index;
  }
  // Likelihoods first: their real-space terms are transformed once, onto which the prior then adds.
  for (const auto& likelihood : likelihoods_) quadratic_terms_.push_back(likelihood->linear_gaussian());
  quadratic_terms_.push_back(prior_->linear_gaussian());
  for (const auto* term : quadratic_terms_) {
    if (term == nullptr) {
      quadratic_terms_.clear();
      break;
    }
  }
}

model::Footprint Posterior::footprint(const Options& options, const model::Components& components) {
  model::Footprint total = components.footprint(options.prior).shared;
  for (const auto& likelihood : options.likelihoods) total += components.footprint(likelihood).shared;
  return total;
}

model::LinearGaussian* Posterior::linear_gaussian() { return quadratic_terms_.empty() ? nullptr : this; }

reduce::ExactSum Posterior::evaluate(model::DualField& x, model::DualSum* gradient) {
  reduce::ExactSum energy;
  for (const auto& likelihood : likelihoods_) energy += likelihood->evaluate(x, gradient);
  energy += prior_->evaluate(x, gradient);
  return energy;
}

std::vector<model::NamedField> Posterior::named_fields() const {
  std::vector<model::NamedField> fields = prior_->named_fields();
  for (const auto& likelihood : likelihoods_) {
    for (auto& field : likelihood->named_fields()) fields.push_back(std::move(field));
  }
  return fields;
}

void Posterior::add_precision(model::DualField& x, model::DualSum& out) {
  for (auto* term : quadratic_terms_) term->add_precision(x, out);
}

void Posterior::add_information(model::DualSum& out) {
  for (auto* term : quadratic_terms_) term->add_information(out);
}

void Posterior::add_perturbation(const noise::Stream& stream, model::DualSum& out) {
  for (auto* term : quadratic_terms_) term->add_perturbation(stream, out);
}

void Posterior::add_mean_precision(const base::DiagonalView& out) const {
  for (const auto* term : quadratic_terms_) term->add_mean_precision(out);
}

}  // namespace scorefield::physics
