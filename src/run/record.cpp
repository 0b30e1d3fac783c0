#include "run/record.hpp"

namespace scorefield::run {

Record::Record(std::unique_ptr<model::Chain> own, const grid::Domain& domain, const Observables& observables,
               int components)
    : id(own->id), chain(std::move(own)), moments(domain, components), traces(observables.size()) {
  for (const auto& observable : observables) names.push_back(observable->name());
}

void Record::add_draw(const Observables& observables) {
  for (std::size_t i = 0; i < observables.size(); ++i) observables[i]->measure(*chain, traces[i]);
  moments.add(chain->x.real());
  chain->acceptance_sum = 0.0;
  chain->steps_since_draw = 0;
}

void Record::visit(io::Archive& archive) {
  chain->visit(archive);
  moments.visit(archive, chain->x.domain());
  for (std::size_t i = 0; i < traces.size(); ++i) archive.array("trace_" + names[i], traces[i]);
}

}  // namespace scorefield::run
