#include "physics/inverse/linear_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/errors.hpp"
#include "model/field_file.hpp"
#include "noise/normals.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

deck::Schema<LinearLikelihoodOptions> LinearLikelihood::schema() {
  return deck::Schema<Options>("linear", "Data that are a linear image of the field plus Gaussian noise: d = A x + n.")
      .reference("Wandelt, Larson & Lakshminarayanan 2004")
      .example("{type: linear, data: {mock_seed: 5}, operators: [identity], noise: {type: gaussian, std: 0.5}}")
      .section("data", &Options::data)
      .components("operators", &Options::operators, "operator", {.doc = "A, applied in this order to the field"})
      .component("noise", &Options::noise, "noise", {.doc = "n", .required = true});
}

LinearLikelihood::LinearLikelihood(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain), index_(context.index), unit_(options.data.unit) {
  int components = 1;
  for (const auto& option : options.operators) {
    auto op = context.components.operators.build(option, context);
    try {
      components = op->components(components);
    } catch (const std::invalid_argument& error) {
      throw base::DeckError(option.mark.text() + ": operator '" + option.type + "': " + error.what());
    }
    operators_.push_back(std::move(op));
    stages_.emplace_back(*domain_, "observed", components);
  }
  weights_ = context.components.noises.build(options.noise, context)->weights(components);
  data_ = grid::Field(*domain_, "data", components);
  while (!operators_.empty() && operators_.back()->absorb_into_weights(weights_)) {
    operators_.pop_back();
    stages_.pop_back();
  }
  refuse_cells_without_std();
  for (std::size_t i = 1; i < operators_.size(); ++i) {
    way_back_.emplace_back(*domain_, "way back", stages_[i - 1].components());
  }
  if (options.data.mock_seed) {
    make_mock(options, context);
  } else {
    read_data(options);
  }
  const double* weight = weights_.data();
  const std::int64_t n = weights_.row_length();
  reduce::ExactSum observed = reduce::sum_of_rows(
      "observed cells", weights_.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
        return reduce::row_sum(n, [=](std::int64_t i) { return weight[row * n + i] > 0.0 ? 1.0 : 0.0; });
      });
  observed.all_reduce(domain_->comm());
  observed_ = observed.value();
}

void LinearLikelihood::refuse_cells_without_std() const {
  const double* weight = weights_.data();
  std::int64_t bad = 0;
  Kokkos::parallel_reduce(
      "check weights", base::RowPolicy(0, weights_.size()),
      KOKKOS_LAMBDA(const std::int64_t i, std::int64_t& count) { count += weight[i] >= 0.0 ? 0 : 1; }, bad);
  bad = domain_->comm().sum(bad);
  if (bad > 0) {
    throw base::FileError("the standard deviation of the noise is zero, negative or no number in " +
                              std::to_string(bad) + " observed cells",
                          "blank those cells with a mask operator, or set the standard deviation to infinity there");
  }
}

model::Footprint LinearLikelihood::footprint(const Options& options, const model::Components& components) {
  // Data and weights of each component, the truth of a mock, and the stages of operators that do more than blank cells.
  double stages = 0.0;
  double data_components = 1.0;
  for (const auto& op : options.operators) {
    const model::Footprint own = components.footprint(op).shared;
    stages += own.spectral_fields;
    data_components = std::max(data_components, own.spectral_fields);
  }
  return {.real_fields = 2.0 * data_components + stages + (options.data.mock_seed ? 1.0 : 0.0),
          .spectral_fields = stages,
          .diagonal_fields = stages};
}

void LinearLikelihood::make_mock(const Options& options, const model::BuildContext& context) {
  const auto seed = static_cast<std::uint64_t>(*options.data.mock_seed);
  model::DualField truth = mock_truth(context, seed);
  truth_ = grid::Field(*domain_, "truth");
  truth_unit_ = context.prior->unit();
  truth_.copy_from(truth.real());
  const grid::Field& signal = observe(truth);
  noise::fill_white(*domain_, {.seed = seed, .purpose = noise::nth(noise::Purpose::mock_noise, index_)}, data_);
  const double* s = signal.data();
  const double* w = weights_.data();
  double* d = data_.data();
  Kokkos::parallel_for(
      "mock data", base::RowPolicy(0, data_.size()),
      KOKKOS_LAMBDA(const std::int64_t i) { d[i] = w[i] > 0.0 ? s[i] + d[i] / std::sqrt(w[i]) : 0.0; });
}

void LinearLikelihood::read_data(const Options& options) {
  if (static_cast<int>(options.data.datasets.size()) != data_.components()) {
    throw base::DeckError("the operators give " + std::to_string(data_.components()) +
                          " components but data.datasets names " + std::to_string(options.data.datasets.size()));
  }
  model::read_field(*domain_, options.data.file.path(), options.data.datasets, data_);
  // Cells without weight may hold anything; cells with weight must hold numbers.
  double* d = data_.data();
  const double* w = weights_.data();
  std::int64_t bad = 0;
  Kokkos::parallel_reduce(
      "check data", base::RowPolicy(0, data_.size()),
      KOKKOS_LAMBDA(const std::int64_t i, std::int64_t& count) {
        if (!(w[i] > 0.0)) {
          d[i] = 0.0;
        } else if (!(d[i] - d[i] == 0.0)) {
          ++count;
        }
      },
      bad);
  bad = domain_->comm().sum(bad);
  if (bad > 0) {
    throw base::FileError(
        "the data in '" + options.data.file.path() + "' are not finite in " + std::to_string(bad) + " observed cells",
        "blank those cells with a mask operator");
  }
}

std::vector<model::NamedField> LinearLikelihood::named_fields() const {
  const std::string suffix = index_ == 0 ? "" : "_" + std::to_string(index_ + 1);
  std::vector<model::NamedField> fields{{"/data/weights" + suffix, weights_, "1/(" + unit_ + ")^2"},
                                        {"/data/observed" + suffix, data_, unit_}};
  if (truth_.components() > 0 && index_ == 0) fields.push_back({"/truth/x", truth_, truth_unit_});
  return fields;
}

const grid::Field& LinearLikelihood::observe(model::DualField& x) {
  for (std::size_t i = 0; i < operators_.size(); ++i) operators_[i]->apply(i == 0 ? x : stages_[i - 1], stages_[i]);
  return operators_.empty() ? x.real() : stages_.back().real();
}

model::DualSum::RealPart LinearLikelihood::weighted(model::DualSum& out) {
  if (operators_.empty()) return out.real_part();
  return {stages_.back().set_real(), true};
}

void LinearLikelihood::back_project(model::DualSum& out) {
  for (std::size_t i = operators_.size(); i-- > 0;) {
    if (i == 0) {
      operators_[0]->add_adjoint(stages_[0], out);
    } else {
      model::DualSum& before = way_back_[i - 1];
      before.clear();
      operators_[i]->add_adjoint(stages_[i], before);
      stages_[i - 1].set_fourier().copy_from(before.fourier());
    }
  }
}

reduce::ExactSum LinearLikelihood::evaluate(model::DualField& x, model::DualSum* gradient) {
  const grid::Field& signal = observe(x);
  const double* s = signal.data();
  const double* d = data_.data();
  const double* w = weights_.data();
  double* t = nullptr;
  bool fresh = true;
  if (gradient != nullptr) {
    const auto part = weighted(*gradient);  // may be the memory of the signal: each cell is read before it is written
    t = part.field.data();
    fresh = part.fresh;
  }
  const std::int64_t n = signal.row_length();
  reduce::ExactSum energy = reduce::sum_of_rows(
      "linear likelihood", signal.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
        const std::int64_t first = row * n;
        const double squares = reduce::row_sum(n, [=](std::int64_t i) {
          const double residual = s[first + i] - d[first + i];
          return w[first + i] * (residual * residual);
        });
        if (t != nullptr) {
          for (std::int64_t i = first; i < first + n; ++i) {
            const double term = w[i] * (s[i] - d[i]);
            t[i] = fresh ? term : t[i] + term;
          }
        }
        return 0.5 * squares;
      });
  energy.all_reduce(domain_->comm());
  if (gradient != nullptr) back_project(*gradient);
  return energy;
}

namespace {

/// out = factor(w) values, or added.
template <class Factor>
void weigh(const char* label, const grid::Field& values, const grid::Field& weights,
           const model::DualSum::RealPart& out, const Factor& factor) {
  const double* v = values.data();
  const double* w = weights.data();
  double* t = out.field.data();
  const bool fresh = out.fresh;
  Kokkos::parallel_for(
      label, base::RowPolicy(0, values.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        const double term = factor(w[i]) * v[i];
        t[i] = fresh ? term : t[i] + term;
      });
}

}  // namespace

void LinearLikelihood::add_precision(model::DualField& x, model::DualSum& out) {
  const grid::Field& signal = observe(x);
  weigh(
      "likelihood precision", signal, weights_, weighted(out), KOKKOS_LAMBDA(double w) { return w; });
  back_project(out);
}

void LinearLikelihood::add_information(model::DualSum& out) {
  weigh(
      "likelihood information", data_, weights_, weighted(out), KOKKOS_LAMBDA(double w) { return w; });
  back_project(out);
}

void LinearLikelihood::add_perturbation(const noise::Stream& stream, model::DualSum& out) {
  grid::Field white(*domain_, "white noise", data_.components());
  noise::Stream own = stream;
  own.purpose = noise::nth(noise::Purpose::perturb_data, index_);
  noise::fill_white(*domain_, own, white);
  weigh(
      "likelihood perturbation", white, weights_, weighted(out), KOKKOS_LAMBDA(double w) { return std::sqrt(w); });
  back_project(out);
}

void LinearLikelihood::add_mean_precision(const base::DiagonalView& out) const {
  base::DiagonalView ones("unit gain", out.extent(0), out.extent(1), out.extent(2));
  Kokkos::deep_copy(ones, 1.0);
  std::vector<base::DiagonalView> gains{ones};
  for (const auto& op : operators_) gains = op->gains(gains);
  const double sites = static_cast<double>(domain_->lattice().sites());
  for (int c = 0; c < weights_.components(); ++c) {
    const double* w = weights_.component(c);
    const std::int64_t n = weights_.row_length();
    const std::int64_t rows = weights_.rows() / weights_.components();
    reduce::ExactSum total = reduce::sum_of_rows(
        "mean weight", rows, KOKKOS_LAMBDA(const std::int64_t row) {
          return reduce::row_sum(n, [=](std::int64_t i) { return w[row * n + i]; });
        });
    total.all_reduce(domain_->comm());
    const double mean = total.value() / sites;
    const double* gain = gains[static_cast<std::size_t>(c)].data();
    double* sum = out.data();
    Kokkos::parallel_for(
        "likelihood mean precision", base::RowPolicy(0, static_cast<std::int64_t>(out.span())),
        KOKKOS_LAMBDA(const std::int64_t i) { sum[i] += mean * gain[i]; });
  }
}

deck::Schema<GaussianNoiseOptions> GaussianNoise::schema() {
  return deck::Schema<Options>("gaussian", "Independent Gaussian noise of constant or given standard deviation.")
      .example("{type: gaussian, std: 0.3}")
      .option("std", &Options::std,
              {.unit = "data", .doc = "standard deviation in every cell", .above = 0.0, .auto_doc = "from the file"})
      .option("file", &Options::file, {.doc = "HDF5 file of the standard deviation of each cell", .must_exist = true})
      .option("datasets", &Options::datasets, {.doc = "one data set for each component of the data"})
      .check([](const Options& o, const auto& report) {
        if (o.file.empty() == !o.std.has_value()) report("std", "give either 'std' or 'file' and 'datasets'");
      });
}

GaussianNoise::GaussianNoise(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain), options_(options) {}

grid::Field GaussianNoise::weights(int components) const {
  grid::Field weights(*domain_, "inverse variance", components);
  if (options_.std) {
    weights.fill(1.0 / (*options_.std * *options_.std));
    return weights;
  }
  if (static_cast<int>(options_.datasets.size()) != components) {
    throw base::DeckError("the data have " + std::to_string(components) + " components but noise.datasets names " +
                          std::to_string(options_.datasets.size()));
  }
  model::read_field(*domain_, options_.file.path(), options_.datasets, weights);
  // An infinite standard deviation is no data. Zero, negative ones and no numbers become no number here: they are
  // refused unless a mask blanks the cell.
  double* w = weights.data();
  Kokkos::parallel_for(
      "inverse variance", base::RowPolicy(0, weights.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        const double inverse = 1.0 / (w[i] * w[i]);
        w[i] = w[i] > 0.0 && inverse < 1e300 ? inverse : std::numeric_limits<double>::quiet_NaN();
      });
  return weights;
}

}  // namespace scorefield::physics
