#include "physics/discrete/rbm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/errors.hpp"
#include "io/serial_file.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

namespace {

/// An HDF5 file of arrays whose extents must fit each other.
struct ArrayFile {
  std::string path;
  io::FileInfo info = io::describe_file(path);

  /// Extents of a data set that has as many as `axes` has words.
  [[nodiscard]] const io::Extents& shape(const std::string& name, const std::string& axes) const {
    const io::DatasetInfo* found = info.find((name.starts_with('/') ? "" : "/") + name);
    if (found == nullptr) {
      std::string known;
      for (const auto& other : info.datasets) known += (known.empty() ? "" : ", ") + other.path;
      throw base::FileError(path + ": there is no data set '" + name + "'", "the file has: " + known);
    }
    const auto wanted = static_cast<std::size_t>(std::count(axes.begin(), axes.end(), ',')) + 1;
    if (found->shape.size() == wanted && io::product(found->shape) > 0) return found->shape;
    throw base::FileError(path + ": data set '" + name + "' has shape " + io::to_string(found->shape),
                          "store it as (" + axes + ")");
  }
  /// All values of it, which must be finite.
  [[nodiscard]] std::vector<double> values(const std::string& name) const {
    std::vector<double> read = io::read_serial(path, name);
    if (std::all_of(read.begin(), read.end(), [](double value) { return std::isfinite(value); })) return read;
    throw base::FileError(path + ": data set '" + name + "' has values that are no finite numbers",
                          "train it anew, with a smaller learning rate where it diverged");
  }
  /// The biases of a side, one for each of its `count` units.
  [[nodiscard]] std::vector<double> biases(const std::string& name, const std::string& side,
                                           std::uint64_t count) const {
    const std::uint64_t found = shape(name, side)[0];
    if (found == count) return values(name);
    throw base::FileError(
        fmt::format("{}: data set '{}' has {} values for {} {} units", path, name, found, count, side),
        "weights are (visible, hidden), with a bias for each unit of either side");
  }
};

/// ln(1 + exp(x)), without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

}  // namespace

deck::Schema<RbmOptions> Rbm::schema() {
  return deck::Schema<Options>("rbm",
                               "Visible units of a restricted Boltzmann machine; domain.shape is [number of them].")
      .reference("Smolensky 1986; Hinton 2002")
      .example("{type: rbm, file: rbm.h5}")
      .option("file", &Options::file, {.doc = "HDF5 file of weights and biases", .required = true, .must_exist = true})
      .option("weights", &Options::weights, {.doc = "data set W (visible, hidden)"})
      .option("visible_bias", &Options::visible_bias, {.doc = "data set b (visible)"})
      .option("hidden_bias", &Options::hidden_bias, {.doc = "data set c (hidden)"});
}

Rbm::Rbm(const Options& options, const model::BuildContext& context) : SymbolTarget(context.domain) {
  const base::Comm& comm = context.domain.comm();
  std::array<std::int64_t, 2> sizes{0, 0};
  comm.together([&] {
    if (!comm.is_root()) return;
    const ArrayFile file{.path = options.file.path()};
    const io::Extents& shape = file.shape(options.weights, "visible, hidden");
    visible_bias_ = file.biases(options.visible_bias, "visible", shape[0]);
    hidden_bias_ = file.biases(options.hidden_bias, "hidden", shape[1]);
    weights_ = file.values(options.weights);
    sizes = {static_cast<std::int64_t>(shape[0]), static_cast<std::int64_t>(shape[1])};
  });
  comm.broadcast(sizes.data(), 2);
  const auto [visible, hidden] = sizes;
  const grid::Lattice& lattice = context.domain.lattice();
  if (lattice.shape() != std::vector<std::int64_t>{visible}) {
    throw base::DeckError(
        fmt::format("'{}' has {} visible units, which are the cells of a domain of one axis", options.weights, visible),
        fmt::format("write domain.shape: [{}]", visible));
  }
  visible_bias_.resize(static_cast<std::size_t>(visible));
  hidden_bias_.resize(static_cast<std::size_t>(hidden));
  weights_.resize(visible_bias_.size() * hidden_bias_.size());
  comm.broadcast(visible_bias_.data(), visible);
  comm.broadcast(hidden_bias_.data(), hidden);
  comm.broadcast(weights_.data(), visible * hidden);
}

void Rbm::hidden_logits(const std::uint8_t* visible, double* logits) const {
  std::copy(hidden_bias_.begin(), hidden_bias_.end(), logits);
  for (std::size_t i = 0; i < visible_bias_.size(); ++i) {
    if (visible[i] == 0) continue;
    const double* weight = weights_of(i);
    for (std::size_t j = 0; j < hidden_bias_.size(); ++j) logits[j] += weight[j];
  }
}

void Rbm::visible_logits(const std::uint8_t* hidden, double* logits) const {
  for (std::size_t i = 0; i < visible_bias_.size(); ++i) {
    const double* weight = weights_of(i);
    logits[i] = visible_bias_[i];
    for (std::size_t j = 0; j < hidden_bias_.size(); ++j) logits[i] += hidden[j] == 0 ? 0.0 : weight[j];
  }
}

void Rbm::changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const {
  std::vector<double> logits;  // of the hidden units, once they are needed
  for (std::int64_t i = 0; i < row.count; ++i) {
    const auto cell = static_cast<std::size_t>(row.cell(i));
    const int sign = proposed[i] - row.at[cell];
    change[i] = 0.0;
    if (sign == 0) continue;
    if (logits.empty()) {
      logits.resize(hidden_bias_.size());
      hidden_logits(row.at, logits.data());
    }
    const double* weight = weights_of(cell);
    for (std::size_t j = 0; j < logits.size(); ++j)
      change[i] += softplus(logits[j]) - softplus(logits[j] + sign * weight[j]);
    change[i] -= sign * visible_bias_[cell];
  }
}

double Rbm::energy(const model::SymbolRow& row) const {
  std::vector<double> logits(hidden_bias_.size());
  hidden_logits(row.at, logits.data());
  return -reduce::row_sum(row.count, [&](std::int64_t i) {
    return row.at[i] == 0 ? 0.0 : visible_bias_[static_cast<std::size_t>(i)];
  }) - reduce::row_sum(hidden_count(), [&](std::int64_t j) { return softplus(logits[static_cast<std::size_t>(j)]); });
}

}  // namespace scorefield::physics
