#include "samplers/hamiltonian/nuts.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "noise/philox.hpp"

namespace scorefield::samplers {

namespace {

double log_add(double a, double b) {
  const double larger = std::max(a, b);
  return larger + std::log1p(std::exp(std::min(a, b) - larger));
}

}  // namespace

deck::Schema<NutsOptions> Nuts::schema() {
  auto schema = deck::Schema<Options>(
      "nuts", "No-U-turn sampler: Hamiltonian trajectories that find their own length; exact for any step size.");
  schema.reference("Hoffman & Gelman 2014; Betancourt 2017")
      .example("{type: nuts, step_size: 0.1}")
      .option("step_size", &Options::step_size,
              {.unit = "1",
               .doc = "of a leapfrog step, in units of the preconditioner",
               .above = 0.0,
               .auto_doc = "adapted in warm-up to target_acceptance, then frozen"})
      .option("max_depth", &Options::max_depth,
              {.doc = "a trajectory has at most 2^max_depth - 1 leapfrog steps", .min = 1.0, .max = 20.0})
      .option(
          "target_acceptance", &Options::target_acceptance,
          {.unit = "1", .doc = "mean acceptance over the trajectory that warm-up aims at", .above = 0.0, .below = 1.0});
  return with_gradient_options(std::move(schema));
}

Nuts::Nuts(const Options& options, const model::SamplerContext& context)
    : GradientSampler(context, options, {options.step_size, scaled_leapfrog_step(context.target.degrees_of_freedom())}),
      target_acceptance_(options.target_acceptance),
      max_depth_(options.max_depth),
      backward_(make_end("backward end")),
      forward_(make_end("forward end")),
      tree_(make_candidate("choice of the tree")),
      subtree_(make_candidate("choice of the subtree")),
      sum_(preconditioner_.make_vector("sum of momenta")),
      subtree_sum_(preconditioner_.make_vector("sum of momenta of the subtree")),
      work_(preconditioner_.make_vector("work")) {}

Nuts::End Nuts::make_end(const std::string& label) const {
  return {preconditioner_.make_vector(label), preconditioner_.make_vector(label), preconditioner_.make_vector(label)};
}

Nuts::Candidate Nuts::make_candidate(const std::string& label) const {
  return {preconditioner_.make_vector(label), preconditioner_.make_vector(label), {}, 0.0};
}

double Nuts::next_uniform(const model::Chain& chain) {
  return noise::uniform(stream(chain, noise::Purpose::tree), uniforms_++);
}

reduce::ExactSum Nuts::leapfrog(model::Chain& chain, double step_size, End& end) {
  preconditioner_.add_root(-0.5 * step_size, end.gradient.data(), end.momentum.data());
  preconditioner_.add_root(step_size, end.momentum.data(), end.x.data());
  proposal_.exchange(end.x);
  const reduce::ExactSum energy = evaluate(chain, proposal_);
  proposal_.exchange(end.x);
  gradient_sum_.take(end.gradient);
  preconditioner_.add_root(-0.5 * step_size, end.gradient.data(), end.momentum.data());
  return energy;
}

bool Nuts::is_turning(const model::Vector& first, const model::Vector& last, const model::Vector& sum) {
  // Half a momentum less at both ends: the sum is then the distance travelled, by the trapezoidal rule.
  const double half_first = 0.5 * preconditioner_.dot(first.data(), first.data()).value();
  const double half_last = 0.5 * preconditioner_.dot(last.data(), last.data()).value();
  const double half_both = 0.5 * preconditioner_.dot(first.data(), last.data()).value();
  const double from_first = preconditioner_.dot(first.data(), sum.data()).value() - half_first - half_both;
  const double from_last = preconditioner_.dot(last.data(), sum.data()).value() - half_last - half_both;
  return !(from_first > 0.0 && from_last > 0.0);
}

Nuts::Outcome Nuts::grow(GradientChain& chain, std::int64_t depth, double step_size, End& end) {
  Outcome outcome;
  const std::uint64_t size = std::uint64_t{1} << depth;
  preconditioner_.scale(0.0, subtree_sum_.data());
  for (std::uint64_t leaf = 0; leaf < size; ++leaf) {
    const reduce::ExactSum energy = leapfrog(chain, step_size, end);
    const double* u = end.momentum.data();
    const reduce::ExactSum squares = preconditioner_.dot(u, u);
    const double error = (energy - energy_at_start_).value() + 0.5 * (squares - squares_at_start_).value();
    ++outcome.leaves;
    if (!(error < largest_error)) {
      outcome.is_divergent = true;
      return outcome;
    }
    outcome.acceptance_sum += std::min(1.0, std::exp(-error));
    preconditioner_.add(1.0, u, subtree_sum_.data());
    // Uniform choice over the leaves of the subtree, by weight.
    subtree_.log_weight = leaf == 0 ? -error : log_add(subtree_.log_weight, -error);
    if (leaf == 0 || std::log(next_uniform(chain)) < -error - subtree_.log_weight) {
      subtree_.x.copy_from(end.x);
      subtree_.gradient.copy_from(end.gradient);
      subtree_.energy = energy;
    }
    // A leaf closes all subtrees whose number of leaves is the power of two that divides leaf + 1; even leaves open
    // one.
    const auto level = static_cast<std::size_t>(std::popcount(leaf >> 1));
    if (leaf % 2 == 0) {
      while (level_sum_.size() <= level) {
        level_momentum_.push_back(preconditioner_.make_vector("momentum of a level"));
        level_sum_.push_back(preconditioner_.make_vector("sum of a level"));
      }
      level_momentum_[level].copy_from(end.momentum);
      level_sum_[level].copy_from(subtree_sum_);
      continue;
    }
    const auto closed = static_cast<std::size_t>(std::countr_one(leaf));
    for (std::size_t i = level + 1; i-- > level + 1 - closed;) {
      // Sum over the subtree that began at this level's leaf: that leaf's own momentum is in both sums.
      work_.copy_from(subtree_sum_);
      preconditioner_.add(-1.0, level_sum_[i].data(), work_.data());
      preconditioner_.add(1.0, level_momentum_[i].data(), work_.data());
      if (is_turning(level_momentum_[i], end.momentum, work_)) {
        outcome.is_turning = true;
        return outcome;
      }
    }
  }
  return outcome;
}

void Nuts::walk(GradientChain& chain) {
  uniforms_ = 0;
  preconditioner_.white(stream(chain, noise::Purpose::momentum), sum_.data());
  energy_at_start_ = chain.energy;
  squares_at_start_ = preconditioner_.dot(sum_.data(), sum_.data());
  for (End* end : {&backward_, &forward_}) {
    chain.x.copy_to(end->x);
    end->momentum.copy_from(sum_);
    end->gradient.copy_from(chain.gradient);
  }
  tree_.x.copy_from(forward_.x);
  tree_.gradient.copy_from(chain.gradient);
  tree_.energy = chain.energy;
  tree_.log_weight = 0.0;

  double acceptance_sum = 0.0;
  std::int64_t leaves = 0;
  for (std::int64_t depth = 0; depth < max_depth_; ++depth) {
    const bool is_forward = next_uniform(chain) < 0.5;
    const Outcome outcome =
        grow(chain, depth, is_forward ? chain.step_size : -chain.step_size, is_forward ? forward_ : backward_);
    acceptance_sum += outcome.acceptance_sum;
    leaves += outcome.leaves;
    if (outcome.is_divergent) note_divergence(chain);
    if (outcome.is_divergent || outcome.is_turning) break;
    // Biased towards the new half, which is farther away.
    if (std::log(next_uniform(chain)) < subtree_.log_weight - tree_.log_weight) {
      std::swap(tree_.x, subtree_.x);
      std::swap(tree_.gradient, subtree_.gradient);
      tree_.energy = subtree_.energy;
    }
    tree_.log_weight = log_add(tree_.log_weight, subtree_.log_weight);
    preconditioner_.add(1.0, subtree_sum_.data(), sum_.data());
    if (is_turning(backward_.momentum, forward_.momentum, sum_)) break;
  }
  note_momenta(chain, squares_at_start_);
  chain.x.exchange(tree_.x);
  std::swap(chain.gradient, tree_.gradient);
  chain.energy = tree_.energy;
  chain.acceptance = acceptance_sum / static_cast<double>(leaves);
  adapt(chain, target_acceptance_);
}

}  // namespace scorefield::samplers
