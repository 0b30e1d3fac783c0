#pragma once
/// Components out of deck text, for tests.

#include "deck/parse.hpp"
#include "model/components.hpp"
#include "physics/register.hpp"
#include "samplers/register.hpp"

namespace scorefield::test {

class Builder {
 public:
  Builder() {
    physics::register_targets(components_);
    samplers::register_samplers(components_);
  }
  [[nodiscard]] std::unique_ptr<model::Target> target(const std::string& text, const grid::Domain& domain) {
    const model::BuildContext context{components_, domain, 7};
    return components_.targets.build(parse(text, "target"), context);
  }
  [[nodiscard]] std::unique_ptr<model::Sampler> sampler(const std::string& text, const grid::Domain& domain,
                                                        model::Target& target, std::uint64_t seed = 1,
                                                        std::int64_t warmup = 0) {
    const model::SamplerContext context{domain, target, seed, warmup};
    return components_.samplers.build(parse(text, "sampler"), context);
  }

  [[nodiscard]] const model::Components& components() const { return components_; }
  deck::Component parse(const std::string& text, const std::string& family) {
    deck::Problems problems;
    deck::ParseContext context{components_.catalogue, ".", problems};
    const auto component = deck::parse_component(deck::parse_value(text, "test"), family, context, family);
    problems.throw_if_any();
    return component;
  }

 private:
  model::Components components_;
};

}  // namespace scorefield::test
