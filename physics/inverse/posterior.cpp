#include "physics/inverse/posterior.hpp"

#include <algorithm>

#include "base/errors.hpp"

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

namespace {
std::unique_ptr<model::Target> checked_prior(std::unique_ptr<model::Target> prior) {
  model::refuse_symbols(*prior, "a posterior with likelihoods", "use a target that holds the data itself");
  if (dynamic_cast<Posterior*>(prior.get()) == nullptr) return prior;
  throw base::DeckError("the prior of a posterior is a posterior itself", "list all its likelihoods in one posterior");
}
}  // namespace

Posterior::Posterior(std::unique_ptr<model::Target> prior, const grid::Domain& domain)
    : prior_(checked_prior(std::move(prior))),
      field_(domain, "physical field", prior_->components()),
      slope_(domain, "gradient by the physical field", prior_->components()) {}

Posterior::Posterior(const Options& options, const model::BuildContext& context)
    : Posterior(context.components.targets.build(options.prior, context), context.domain) {
  for (const auto& option : options.likelihoods) add(context.components.likelihoods.build(option, own(context)));
}

model::BuildContext Posterior::own(const model::BuildContext& context) const {
  model::BuildContext own = context;
  own.prior = prior_.get();
  own.index = std::ssize(likelihoods_);
  return own;
}

void Posterior::add(std::unique_ptr<model::Likelihood> likelihood) {
  likelihoods_.push_back(std::move(likelihood));
  // Likelihoods first: their real-space terms are transformed once, onto which the prior then adds.
  quadratic_terms_.clear();
  for (const auto& term : likelihoods_) quadratic_terms_.push_back(term->linear_gaussian());
  quadratic_terms_.push_back(prior_->linear_gaussian());
  const bool is_quadratic = !prior_->is_transformed() && std::find(quadratic_terms_.begin(), quadratic_terms_.end(),
                                                                   nullptr) == quadratic_terms_.end();
  if (!is_quadratic) quadratic_terms_.clear();
}

model::ChainFootprint Posterior::footprint(const Options& options, const model::Components& components) {
  model::ChainFootprint total = components.footprint(options.prior);
  for (const auto& likelihood : options.likelihoods) total.shared += components.footprint(likelihood).shared;
  return total;
}

model::LinearGaussian* Posterior::linear_gaussian() { return quadratic_terms_.empty() ? nullptr : this; }

reduce::ExactSum Posterior::evaluate_likelihoods(model::DualField& field, model::DualSum* gradient) {
  reduce::ExactSum energy;
  for (const auto& likelihood : likelihoods_) energy += likelihood->evaluate(field, gradient);
  return energy;
}

reduce::ExactSum Posterior::evaluate(model::DualField& x, model::DualSum* gradient) {
  if (!prior_->is_transformed()) return evaluate_likelihoods(x, gradient) + prior_->evaluate(x, gradient);
  prior_->physical(x, field_);
  slope_.clear();
  const reduce::ExactSum energy = evaluate_likelihoods(field_, gradient != nullptr ? &slope_ : nullptr);
  if (gradient != nullptr) prior_->add_pullback(x, field_, slope_, *gradient);
  return energy + prior_->evaluate(x, gradient);
}

std::vector<model::NamedField> Posterior::named_fields() const {
  std::vector<model::NamedField> fields = prior_->named_fields();
  for (const auto& likelihood : likelihoods_) {
    for (auto& field : likelihood->named_fields()) fields.push_back(std::move(field));
  }
  return fields;
}

std::vector<std::string> Posterior::remarks() const {
  std::vector<std::string> all = prior_->remarks();
  for (const auto& likelihood : likelihoods_) {
    for (auto& remark : likelihood->remarks()) all.push_back(std::move(remark));
  }
  return all;
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
