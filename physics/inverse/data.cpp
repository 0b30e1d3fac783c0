#include "physics/inverse/data.hpp"

#include "base/errors.hpp"

namespace scorefield::physics {

deck::Schema<DataOptions> DataOptions::schema() {
  return deck::Schema<DataOptions>("data", "Where the data come from: a file, or a mock.")
      .option("file", &DataOptions::file, {.doc = "HDF5 file", .must_exist = true})
      .option("datasets", &DataOptions::datasets, {.doc = "one data set for each component, shape as domain.shape"})
      .option("mock_seed", &DataOptions::mock_seed,
              {.doc = "instead of a file: truth drawn from the prior and noise, from this seed",
               .min = 0,
               .auto_doc = "no mock"})
      .option("unit", &DataOptions::unit, {.doc = "unit of the data"})
      .check([](const DataOptions& o, const auto& report) {
        if (o.file.empty() == !o.mock_seed.has_value())
          report("file", "give either 'file' and 'datasets' or 'mock_seed'");
        if (!o.file.empty() && o.datasets.empty()) report("datasets", "name the data sets of the file");
      });
}

model::DualField mock_truth(const model::BuildContext& context, std::uint64_t seed) {
  if (context.prior == nullptr) throw base::DeckError("a mock needs the prior of a posterior to draw its truth from");
  model::DualField state(context.domain, "truth", context.prior->components());
  context.prior->draw_prior({.seed = seed, .purpose = noise::Purpose::mock_truth}, state);
  if (!context.prior->is_transformed()) return state;
  model::DualField truth(context.domain, "truth", context.prior->components());
  context.prior->physical(state, truth);
  return truth;
}

}  // namespace scorefield::physics
