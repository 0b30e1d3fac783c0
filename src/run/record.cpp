#include "run/record.hpp"

#include <algorithm>
#include <limits>

namespace scorefield::run {

Record::Record(std::unique_ptr<model::Chain> own, bool recorded, const grid::Domain& domain,
               const Observables& observables, int components, std::int64_t draws)
    : id(own->id),
      is_recorded(recorded),
      chain(std::move(own)),
      moments(domain, components),
      traces(observables.size()) {
  for (std::size_t i = 0; i < observables.size(); ++i) {
    names.push_back(observables[i]->name());
    // Growing by doubling would need up to three times as much for a moment. Runs that never end grow all the same.
    constexpr std::int64_t most = std::int64_t{1} << 27;
    traces[i].reserve(static_cast<std::size_t>(std::min(most, draws * observables[i]->size())));
  }
}

void Record::add_draw(const Observables& observables, model::Target& target) {
  if (is_recorded && target.is_transformed()) {
    if (!chain->physical) chain->physical.emplace(chain->x.domain(), "physical field", chain->x.components());
    target.physical(chain->x, *chain->physical);
  }
  for (std::size_t i = 0; i < observables.size(); ++i) {
    if (is_recorded) {
      observables[i]->measure(*chain, traces[i]);
    } else {
      // As many values as on the others: a checkpoint has one array for all.
      traces[i].insert(traces[i].end(), static_cast<std::size_t>(observables[i]->size()),
                       std::numeric_limits<double>::quiet_NaN());
    }
  }
  if (is_recorded) moments.add(chain->field().real());
  chain->acceptance_sum = 0.0;
  chain->steps_since_draw = 0;
}

void Record::visit(io::Archive& archive) {
  chain->visit(archive);
  moments.visit(archive, chain->x.domain());
  for (std::size_t i = 0; i < traces.size(); ++i) archive.array("trace_" + names[i], traces[i]);
}

}  // namespace scorefield::run
