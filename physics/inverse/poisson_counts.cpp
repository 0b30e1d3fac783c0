#include "physics/inverse/poisson_counts.hpp"

#include <cmath>
#include <limits>

#include "base/errors.hpp"
#include "model/field_file.hpp"
#include "noise/poisson.hpp"
#include "physics/inverse/operators.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

deck::Schema<SelectionOptions> SelectionOptions::schema() {
  return deck::Schema<SelectionOptions>("selection", "What fraction is counted in each cell; all of it by default.")
      .option("file", &SelectionOptions::file, {.doc = "HDF5 file of the selection, 0 or more", .must_exist = true})
      .option("dataset", &SelectionOptions::dataset, {.doc = "data set in the file"})
      .option("border", &SelectionOptions::border,
              {.unit = "1",
               .doc = "instead of a file: nothing in this fraction of each axis, half of it on either side",
               .min = 0.0,
               .below = 1.0,
               .auto_doc = "no border"})
      .option("depth", &SelectionOptions::depth,
              {.unit = "domain.unit",
               .doc = "instead of a file: exp(-distance / depth) along the first axis, from its begin (a survey that "
                      "sees less of what is farther away)",
               .above = 0.0,
               .auto_doc = "the same at all distances"})
      .check([](const SelectionOptions& o, const auto& report) {
        if (!o.file.empty() && (o.border || o.depth)) report("file", "give either 'file' or 'border' and 'depth'");
        if (o.file.empty() && o.dataset != SelectionOptions{}.dataset) report("dataset", "names a data set of no file");
      });
}

deck::Schema<PoissonCountsOptions> PoissonCountsOptions::schema() {
  return deck::Schema<PoissonCountsOptions>(
             "poisson_counts",
             "Counts in cells, Poisson around mean_count selection (1 + delta) for a density contrast delta.")
      .reference("Kitaura & Ensslin 2008; Jasche & Kitaura 2010")
      .example("{type: poisson_counts, data: {mock_seed: 5}, mean_count: 3.0, selection: {border: 0.2}}")
      .section("data", &PoissonCountsOptions::data)
      .option("mean_count", &PoissonCountsOptions::mean_count,
              {.unit = "1 / cell",
               .doc = "counts expected in a cell of selection 1 and density contrast 0",
               .above = 0.0,
               .max = 1e9})
      .section("selection", &PoissonCountsOptions::selection);
}

namespace {
constexpr double most_counts = 1e12;  // what noise::poisson can draw
}

PoissonCounts::PoissonCounts(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain),
      index_(context.index),
      expected_(context.domain, "expected counts"),
      counts_(context.domain, "counts") {
  read_expected(options);
  options.data.mock_seed ? make_mock(options, context) : read_counts(options);
}

void PoissonCounts::make_mock(const Options& options, const model::BuildContext& context) {
  const auto seed = static_cast<std::uint64_t>(*options.data.mock_seed);
  model::DualField truth = mock_truth(context, seed);
  truth_ = grid::Field(*domain_, "truth");
  truth_.copy_from(truth.real());
  truth_unit_ = context.prior->unit();
  draw_counts({.seed = seed, .purpose = noise::nth(noise::Purpose::mock_noise, index_)}, truth);
  if (!std::isfinite(evaluate(truth, nullptr).value())) {
    throw base::DeckError("the mock's truth falls below -1: a density contrast that no counts can have",
                          "use the prior 'lognormal_field' with a shift of 1 or less, which stays above -1");
  }
}

void PoissonCounts::read_expected(const Options& options) {
  const SelectionOptions& selection = options.selection;
  const grid::Lattice& lattice = domain_->lattice();
  if (!selection.file.empty()) {
    model::read_field(*domain_, selection.file.path(), {selection.dataset}, expected_);
  } else {
    fill_inside(*domain_, selection.border.value_or(0.0), expected_);
  }
  const auto first = static_cast<std::size_t>(lattice.axes().front());
  const grid::Box& box = expected_.box();
  const std::int64_t ny = std::max<std::int64_t>(1, box.extent(1));
  reduce::ExactSum observed;
  std::int64_t bad = 0;
  std::int64_t too_many = 0;
  for (std::int64_t i = 0; i < expected_.size(); ++i) {
    const std::int64_t row = i / expected_.row_length();
    const grid::Index3 at{box.lo[0] + row / ny, box.lo[1] + row % ny, i % expected_.row_length()};
    double& value = expected_.data()[i];
    bad += value >= 0.0 && std::isfinite(value) ? 0 : 1;
    if (selection.depth) {
      value *= std::exp(-(static_cast<double>(at[first]) + 0.5) * lattice.spacing().front() / *selection.depth);
    }
    value *= options.mean_count;
    too_many += value > most_counts ? 1 : 0;
    observed.add(value > 0.0 ? 1.0 : 0.0);
  }
  bad = domain_->comm().sum(bad);
  if (bad > 0) {
    throw base::FileError(
        "the selection '" + selection.dataset + "' is negative or no number in " + std::to_string(bad) + " cells",
        "give the fraction that is counted in each cell, 0 where nothing is");
  }
  if (domain_->comm().sum(too_many) > 0) {
    throw base::DeckError("poisson_counts expects more than 1e12 counts in a cell",
                          "check mean_count and the selection");
  }
  observed.all_reduce(domain_->comm());
  observed_ = observed.value();
  if (!(observed_ > 0.0)) {
    throw base::DeckError("the selection of poisson_counts observes no cell at all",
                          "use a smaller border or another map");
  }
}

void PoissonCounts::read_counts(const Options& options) {
  if (options.data.datasets.size() != 1) {
    throw base::DeckError("counts are one data set, but data.datasets names " +
                          std::to_string(options.data.datasets.size()));
  }
  model::read_field(*domain_, options.data.file.path(), options.data.datasets, counts_);
  std::int64_t bad = 0;
  for (std::int64_t i = 0; i < counts_.size(); ++i) {
    double& count = counts_.data()[i];
    if (!(expected_.data()[i] > 0.0)) count = 0.0;  // may hold anything
    bad += count >= 0.0 && std::isfinite(count) && count == std::floor(count) ? 0 : 1;
  }
  bad = domain_->comm().sum(bad);
  if (bad > 0) {
    throw base::FileError("the counts in '" + options.data.file.path() + "' are not whole numbers, 0 or more, in " +
                              std::to_string(bad) + " selected cells",
                          "give numbers of objects, not an overdensity, or set the selection to 0 there");
  }
}

void PoissonCounts::draw_counts(const noise::Stream& stream, model::DualField& delta) {
  const grid::Field& density = delta.real();
  const grid::Box& box = density.box();
  const std::int64_t n = density.row_length();
  const std::int64_t ny = std::max<std::int64_t>(1, box.extent(1));
  for (std::int64_t i = 0; i < density.size(); ++i) {
    const std::int64_t row = i / n;
    const std::int64_t global_row = (box.lo[0] + row / ny) * domain_->lattice().n()[1] + box.lo[1] + row % ny;
    counts_.data()[i] = noise::poisson(stream, static_cast<std::uint64_t>(global_row * n + i % n),
                                       expected_.data()[i] * (1.0 + density.data()[i]));
  }
}

reduce::ExactSum PoissonCounts::evaluate(model::DualField& delta, model::DualSum* gradient) {
  const grid::Field& density = delta.real();
  const double* d = density.data();
  const double* counts = counts_.data();
  const double* expected = expected_.data();
  double* slope = nullptr;
  bool fresh = true;
  if (gradient != nullptr) {
    const auto part = gradient->real_part();
    slope = part.field.data();
    fresh = part.fresh;
  }
  const std::int64_t n = density.row_length();
  reduce::ExactSum energy = reduce::sum_of_rows("poisson counts", density.rows(), [=](std::int64_t row) {
    const std::int64_t first = row * n;
    for (std::int64_t i = first; slope != nullptr && i < first + n; ++i) {
      const double pull = counts[i] > 0.0 && d[i] > -1.0 ? counts[i] / (1.0 + d[i]) : 0.0;
      slope[i] = (fresh ? 0.0 : slope[i]) + (expected[i] - pull);
    }
    return reduce::row_sum(n, [=](std::int64_t j) {
      const std::int64_t i = first + j;
      if (expected[i] > 0.0 && d[i] < -1.0) return std::numeric_limits<double>::infinity();
      const double of_counts = counts[i] > 0.0 ? counts[i] * std::log1p(d[i]) : 0.0;
      return expected[i] * (1.0 + d[i]) - of_counts;
    });
  });
  energy.all_reduce(domain_->comm());
  return energy;
}

std::vector<model::NamedField> PoissonCounts::named_fields() const {
  const std::string suffix = index_ == 0 ? "" : "_" + std::to_string(index_ + 1);
  std::vector<model::NamedField> fields{{"/data/expected" + suffix, expected_, "counts"},
                                        {"/data/observed" + suffix, counts_, "counts"}};
  if (truth_.components() > 0 && index_ == 0) fields.push_back({"/truth/x", truth_, truth_unit_});
  return fields;
}

}  // namespace scorefield::physics
