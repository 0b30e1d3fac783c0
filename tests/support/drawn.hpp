#pragma once
/// Observables of a deck, measured as a run does.

#include <memory>
#include <vector>

#include "support/sampling_fixture.hpp"

namespace scorefield::test {

class Drawn {
 public:
  explicit Drawn(Sampling& s) : s_(&s) {
    for (const auto& option : s.deck.options.observables)
      observables_.push_back(s.components.observables.build(option, {*s.domain, *s.target}));
  }
  /// Collective. All values of all observables of the chain's state, one after the other.
  std::vector<double> operator()(model::Chain& chain) {
    s_->sampler->settle(chain);
    return of_state(chain);
  }
  /// The same of the numbers in chain.x.
  std::vector<double> of_state(model::Chain& chain) {
    if (s_->target->is_transformed()) {
      if (!chain.physical) chain.physical.emplace(*s_->domain, "physical field", chain.x.components());
      s_->target->physical(chain.x, *chain.physical);
    }
    std::vector<double> values;
    for (const auto& observable : observables_) observable->measure(chain, values);
    return values;
  }

 private:
  Sampling* s_;
  std::vector<std::unique_ptr<model::Observable>> observables_;
};

}  // namespace scorefield::test
