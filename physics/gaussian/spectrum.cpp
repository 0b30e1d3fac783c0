#include "physics/gaussian/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>

#include "base/errors.hpp"

namespace scorefield::physics {

namespace {

struct Columns {
  std::vector<double> k, p;
};

Columns read_columns(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw base::FileError("cannot read the spectrum table '" + path + "'");
  Columns columns;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    std::replace(line.begin(), line.end(), ',', ' ');
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    std::istringstream words(line);
    double k = 0.0;
    double p = 0.0;
    const std::string place = path + ":" + std::to_string(number) + ": ";
    if (!(words >> k >> p)) throw base::FileError(place + "expected two numbers, k and P(k)");
    if (!(k > 0.0) || !(p > 0.0) || !std::isfinite(k) || !std::isfinite(p)) {
      throw base::FileError(place + "k and P(k) must be positive and finite");
    }
    if (!columns.k.empty() && k <= columns.k.back()) throw base::FileError(place + "k must increase from line to line");
    columns.k.push_back(k);
    columns.p.push_back(p);
  }
  if (columns.k.size() < 2) throw base::FileError("the spectrum table '" + path + "' needs at least two lines");
  return columns;
}

}  // namespace

deck::Schema<PowerLawOptions> PowerLaw::schema() {
  return deck::Schema<Options>("power_law",
                               "P(k) = amplitude (k / pivot)^slope; the mean of the field is held at zero.")
      .example("{type: power_law, amplitude: 2.0, slope: -2.0, pivot: 0.1}")
      .option("amplitude", &Options::amplitude,
              {.unit = "field^2 length^d",
               .doc = "P at the pivot (length: radian on a flat sky, else domain.unit)",
               .above = 0.0})
      .option("slope", &Options::slope, {.unit = "1", .doc = "exponent n", .min = -10.0, .max = 10.0})
      .option("pivot", &Options::pivot,
              {.unit = "1/length", .doc = "wavenumber k0 (multipole on a flat sky)", .above = 0.0});
}

PowerLaw::PowerLaw(const Options& options, const model::BuildContext& /*context*/) : options_(options) {}

double PowerLaw::power(double k) const { return options_.amplitude * std::pow(k / options_.pivot, options_.slope); }

deck::Schema<TableOptions> Table::schema() {
  return deck::Schema<Options>(
             "table",
             "P(k) from a text file of two columns k and P(k): power laws between the points and beyond "
             "them; the mean of the field is held at zero.")
      .example("{type: table, file: spectrum.csv}")
      .option("file", &Options::file,
              {.doc = "columns k and P(k) by blanks or commas, # starts a comment; on a flat sky ell and C_ell",
               .required = true,
               .must_exist = true});
}

Table::Table(const Options& options, const model::BuildContext& context) {
  Columns columns;
  context.domain.comm().together([&] {
    if (context.domain.comm().is_root()) columns = read_columns(options.file.path());
  });
  auto count = static_cast<std::int64_t>(columns.k.size());
  context.domain.comm().broadcast(&count, 1);
  columns.k.resize(static_cast<std::size_t>(count));
  columns.p.resize(static_cast<std::size_t>(count));
  context.domain.comm().broadcast(columns.k.data(), count);
  context.domain.comm().broadcast(columns.p.data(), count);
  for (const double k : columns.k) log_k_.push_back(std::log(k));
  for (const double p : columns.p) log_p_.push_back(std::log(p));
}

double Table::power(double k) const {
  const double x = std::log(k);
  const auto above = std::upper_bound(log_k_.begin(), log_k_.end(), x) - log_k_.begin();
  const auto i = std::clamp<std::ptrdiff_t>(above, 1, static_cast<std::ptrdiff_t>(log_k_.size()) - 1);
  const double slope = (log_p_[i] - log_p_[i - 1]) / (log_k_[i] - log_k_[i - 1]);
  return std::exp(log_p_[i - 1] + slope * (x - log_k_[i - 1]));
}

deck::Schema<MaternOptions> Matern::schema() {
  return deck::Schema<Options>("matern", "Spectrum of the Matern covariance of given variance, length and smoothness.")
      .reference("Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, eq. 4.15")
      .example("{type: matern, variance: 1.0, correlation_length: 4.0, smoothness: 1.5}")
      .option("variance", &Options::variance,
              {.unit = "field^2", .doc = "variance of the field at a point", .above = 0.0})
      .option("correlation_length", &Options::correlation_length,
              {.unit = "length", .doc = "length l (radian on a flat sky, else domain.unit)", .above = 0.0})
      .option("smoothness", &Options::smoothness,
              {.unit = "1", .doc = "nu: 1/2 is rough, large is smooth", .above = 0.0, .max = 50.0});
}

Matern::Matern(const Options& options, const model::BuildContext& context) {
  const double nu = options.smoothness;
  const double l = options.correlation_length;
  const double half_d = 0.5 * context.domain.lattice().dimensions();
  inverse_length_squared_ = 2.0 * nu / (l * l);
  exponent_ = -(nu + half_d);
  amplitude_ = options.variance * std::pow(4.0 * std::numbers::pi, half_d) *
               std::exp(std::lgamma(nu + half_d) - std::lgamma(nu)) * std::pow(inverse_length_squared_, nu);
}

double Matern::power(double k) const { return amplitude_ * std::pow(inverse_length_squared_ + k * k, exponent_); }

}  // namespace scorefield::physics
