// Diagnostics against the published values of Stan and the R package posterior, and against chains whose answer is
// known.

#include "reduce/diagnostics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace scorefield::reduce {
namespace {

namespace fs = std::filesystem;

/// Chains x draws that own their values.
struct Series {
  std::int64_t chains;
  std::int64_t draws;
  std::vector<double> values;

  [[nodiscard]] Draws view() const { return {chains, draws, values.data()}; }
};

fs::path data_directory() {
  const char* variable = std::getenv("SCOREFIELD_SHARED_DATA");
  return fs::path(variable != nullptr ? variable : SCOREFIELD_SOURCE_DIR "/../shared/data") / "diagnostics";
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The values of a table with one column a chain and a first line of names.
Series read_chains(const std::string& name) {
  std::istringstream lines(read_text(data_directory() / name));
  std::string line;
  std::getline(lines, line);
  std::vector<std::vector<double>> rows;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(std::stod(cell));
  }
  Series out{static_cast<std::int64_t>(rows.front().size()), static_cast<std::int64_t>(rows.size()), {}};
  for (std::size_t c = 0; c < rows.front().size(); ++c) {
    for (const auto& row : rows) out.values.push_back(row.at(c));
  }
  return out;
}

/// The text of the value behind the keys, one after the other: enough for the one JSON file read here.
std::string json_text(const std::string& text, std::initializer_list<const char*> keys) {
  std::size_t position = 0;
  for (const char* key : keys) {
    const std::string quoted = std::string("\"") + key + "\"";
    position = text.find(quoted, position);
    if (position == std::string::npos) throw std::runtime_error("expected.json has no " + quoted);
    position += quoted.size();
  }
  const std::size_t begin = text.find_first_not_of(": \n", position);
  const char* ends = text[begin] == '[' ? "]" : ",}\n";
  return text.substr(begin, text.find_first_of(ends, begin) - begin);
}

std::vector<double> json_list(const std::string& text, const char* key) {
  std::istringstream list(json_text(text, {key}).substr(1));
  std::vector<double> out;
  for (std::string item; std::getline(list, item, ',');) out.push_back(std::stod(item));
  return out;
}

void expect_relative(double value, double expected, double tolerance, const std::string& what) {
  EXPECT_NEAR(value, expected, tolerance * std::abs(expected)) << what;
}

/// Equal to every printed digit; less than one unit of the last one, because some are printed cut off, not rounded.
void expect_printed(double value, const std::string& printed, const std::string& what) {
  const auto decimals = static_cast<double>(printed.size() - printed.find('.') - 1);
  EXPECT_NEAR(value, std::stod(printed), std::pow(10.0, -decimals)) << what;
}

class PublishedDiagnostics : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(data_directory() / "expected.json")) {
      GTEST_SKIP() << "no reference values at " << data_directory()
                   << "; set SCOREFIELD_SHARED_DATA to the folder that holds diagnostics/expected.json";
    }
    expected_ = read_text(data_directory() / "expected.json");
  }

  std::string expected_;
};

TEST_F(PublishedDiagnostics, EveryComputedNumberOfThreeSeries) {
  constexpr double tolerance = 1e-8;
  for (const std::string name : {"theta", "lp", "energy"}) {
    const Series series = read_chains("bern_" + name + ".csv");
    const Draws x = series.view();
    ASSERT_EQ(x.chains, 4);
    ASSERT_EQ(x.draws, 1000);
    const auto check = [&](const char* key, double value) {
      expect_relative(value, std::stod(json_text(expected_, {name.c_str(), key})), tolerance, name + " " + key);
    };
    const Diagnosis all = diagnose(x);
    check("rhat_rank", rhat(x));
    check("rhat_rank", all.rhat);
    check("rhat_split_basic", rhat_basic(x));
    check("ess_bulk", ess_bulk(x));
    check("ess_bulk", all.ess_bulk);
    check("ess_tail", ess_tail(x));
    check("ess_tail", all.ess_tail);
    check("ess_mean_split", ess_mean(x));
    check("ess_basic_nosplit", ess_basic(x));
    check("ess_q05", ess_quantile(x, 0.05));
    check("ess_q95", ess_quantile(x, 0.95));
    check("mcse_mean", mcse_mean(x));
    check("mcse_mean", all.mcse_mean);
    check("mcse_sd", mcse_sd(x));
    check("mcse_sd", all.mcse_sd);
    check("mean", all.mean);
    check("sd", all.sd);
  }
}

double sd_error_of_absolute_deviations(Series series) {
  const double mean = diagnose(series.view()).mean;
  const auto size = static_cast<double>(series.values.size());
  double second = 0.0;
  double fourth = 0.0;
  for (double& v : series.values) {
    v = std::abs(v - mean);
    second += v * v / size;
    fourth += v * v * v * v / size;
  }
  return std::sqrt((fourth - second * second) / ess_mean(series.view()) / second / 4.0);
}

TEST_F(PublishedDiagnostics, EveryPrintedDigit) {
  for (const std::string name : {"lp", "theta"}) {
    const Series series = read_chains("bern_" + name + ".csv");
    const Draws x = series.view();
    const auto check = [&](const char* key, double value) {
      expect_printed(value, json_text(expected_, {"published", name.c_str(), key}), name + " " + key);
    };
    check("rhat", rhat(x));
    check("ess_bulk", ess_bulk(x));
    check("ess_tail", ess_tail(x));
    check("ess_basic_nosplit", ess_basic(x));
    check("rhat_split_basic", rhat_basic(x));
    check("mcse_mean", mcse_mean(x));
    // The error of the standard deviation: Stan compares to 1e-4 only, and its two published values are of two
    // definitions. That of theta is the one with the ESS of the squares, as here ...
    if (name == "theta") check("mcse_sd_abs_definition", mcse_sd(x));
    // ... and that of lp the one with the ESS of the absolute deviations.
    if (name == "lp") check("mcse_sd_abs_definition", sd_error_of_absolute_deviations(series));
  }
}

TEST_F(PublishedDiagnostics, FractionOfMissingInformation) {
  const Series energy = read_chains("bern_energy.csv");
  const std::vector<double> expected = json_list(expected_, "bfmi_per_chain");
  ASSERT_EQ(expected.size(), 4U);
  for (std::size_t c = 0; c < expected.size(); ++c) {
    expect_relative(bfmi(std::span(energy.values).subspan(1000 * c, 1000)), expected[c], 1e-8, "bfmi");
  }
}

TEST_F(PublishedDiagnostics, Autocovariance) {
  std::istringstream file(read_text(data_directory() / "ar1.csv"));
  std::vector<double> chain;
  for (double v = 0.0; file >> v;) chain.push_back(v);
  ASSERT_EQ(chain.size(), 1000U);
  const std::vector<double> covariance = autocovariance(chain);
  ASSERT_EQ(covariance.size(), chain.size());
  const std::vector<double> expected = json_list(expected_, "ar1_autocovariance_lag0to9");
  const std::vector<double> correlation = json_list(expected_, "ar1_autocorr_lag0to9");
  ASSERT_EQ(expected.size(), 10U);
  ASSERT_EQ(correlation.size(), 10U);
  for (std::size_t t = 0; t < 10; ++t) {
    expect_relative(covariance[t], expected[t], 1e-8, "autocovariance");
    expect_relative(covariance[t] / covariance[0], correlation[t], 1e-8, "autocorrelation");
  }
}

/// Stationary AR(1) chains of unit variance.
Series ar1(std::int64_t chains, std::int64_t draws, double rho, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  Series out{chains, draws, {}};
  for (std::int64_t c = 0; c < chains; ++c) {
    double x = normal(generator);
    for (std::int64_t d = 0; d < draws; ++d) {
      out.values.push_back(x);
      x = rho * x + std::sqrt(1.0 - rho * rho) * normal(generator);
    }
  }
  return out;
}

TEST(Diagnostics, AutocovarianceEqualsTheDirectSums) {
  for (const std::int64_t n : {2, 3, 7, 64, 129}) {  // around powers of two: no lag may wrap around
    const Series x = ar1(1, n, 0.5, 3);
    double mean = 0.0;
    for (const double v : x.values) mean += v / static_cast<double>(n);
    const std::vector<double> covariance = autocovariance(x.values);
    ASSERT_EQ(covariance.size(), x.values.size());
    for (std::size_t lag = 0; lag < covariance.size(); ++lag) {
      double direct = 0.0;
      for (std::size_t i = 0; i + lag < covariance.size(); ++i) {
        direct += (x.values[i] - mean) * (x.values[i + lag] - mean) / static_cast<double>(n);
      }
      EXPECT_NEAR(covariance[lag], direct, 1e-13) << n << " " << lag;
    }
  }
}

TEST(Diagnostics, AutocorrelationTimeOfAr1) {
  // (1 + rho) / (1 - rho) = 19. At 4 x 20,000 draws the estimate scatters by sqrt(2 (2 window + 1) / N) = 7 %.
  const AutocorrelationTime slow = autocorrelation_time(ar1(4, 20000, 0.9, 1).view());
  EXPECT_NEAR(slow.tau, 19.0, 0.2 * 19.0);
  EXPECT_TRUE(slow.reliable);
  EXPECT_GE(static_cast<double>(slow.window), 5.0 * slow.tau);
  EXPECT_NEAR(ess_mean(ar1(4, 20000, 0.9, 1).view()), 80000.0 / 19.0, 0.2 * 80000.0 / 19.0);
  EXPECT_FALSE(autocorrelation_time(ar1(4, 500, 0.9, 1).view()).reliable);
}

TEST(Diagnostics, AutocorrelationTimeOfLangevinSteps) {
  // x' = x - h k x + sqrt(2 h) xi is an AR(1) process of coefficient 1 - h k: tau = (2 - h k) / (h k). Scatter of the
  // estimate: sqrt(2 (2 window + 1) / N) = 3 % (h k = 0.4, tau = 4) and 2 % (h k = 1.5, tau = 1/3, of which the window
  // of five lags leaves out 1/16).
  for (const double hk : {0.4, 1.5}) {
    std::mt19937_64 generator(9);
    std::normal_distribution<double> normal;
    Series x{4, 20000, {}};
    for (std::int64_t c = 0; c < x.chains; ++c) {
      double state = normal(generator);
      for (std::int64_t d = 0; d < x.draws; ++d) {
        x.values.push_back(state);
        state = state - hk * state + std::sqrt(2.0 * hk) * normal(generator);
      }
    }
    const double expected = (2.0 - hk) / hk;
    EXPECT_NEAR(autocorrelation_time(x.view()).tau, expected, 0.2 * expected) << hk;
    EXPECT_EQ(diagnose(x.view()).tau_int, autocorrelation_time(x.view()).tau);
  }
}

TEST(Diagnostics, NoAutocorrelationTimeBelowZero) {
  EXPECT_TRUE(std::isnan(autocorrelation_time(ar1(4, 5000, -0.9, 1).view()).tau));
}

TEST(Diagnostics, AutocorrelationTimeAveragesOverTheChains) {
  // By the definition, from the autocorrelations of each chain; a chain of another scale and place counts the same.
  Series x = ar1(3, 600, 0.7, 4);
  for (std::size_t i = 0; i < 600; ++i) x.values[i] = 1000.0 + 30.0 * x.values[i];
  std::vector<double> correlation(600, 0.0);
  for (std::size_t c = 0; c < 3; ++c) {
    const std::vector<double> covariance = autocovariance(std::span(x.values).subspan(600 * c, 600));
    for (std::size_t t = 0; t < 600; ++t) correlation[t] += covariance[t] / covariance[0] / 3.0;
  }
  const AutocorrelationTime time = autocorrelation_time(x.view());
  double tau = 1.0;
  for (std::int64_t t = 1; t <= time.window; ++t) tau += 2.0 * correlation[static_cast<std::size_t>(t)];
  expect_relative(time.tau, tau, 1e-12, "tau");
}

TEST(Diagnostics, AntitheticChainsGainUpToTheCap) {
  // (1 + rho) / (1 - rho) = 1/3: three times as many effective draws as draws.
  constexpr double size = 4 * 5000;
  const double ess = ess_mean(ar1(4, 5000, -0.5, 1).view());
  EXPECT_GT(ess, size);
  EXPECT_NEAR(ess, 3.0 * size, 0.2 * 3.0 * size);
  // rho = -0.9 has the factor 19, more than the cap log10(20,000) = 4.3.
  expect_relative(ess_mean(ar1(4, 5000, -0.9, 1).view()), size * std::log10(size), 1e-12, "cap");
}

void expect_nothing(const Draws& x) {
  for (const double value : {rhat(x), rhat_basic(x), ess_bulk(x), ess_tail(x), ess_mean(x), ess_basic(x),
                             ess_quantile(x, 0.5), mcse_mean(x), mcse_sd(x), autocorrelation_time(x).tau}) {
    EXPECT_TRUE(std::isnan(value)) << value;
  }
  const Diagnosis all = diagnose(x);
  for (const double value : {all.rhat, all.ess_bulk, all.ess_tail, all.mcse_mean, all.mcse_sd, all.tau_int}) {
    EXPECT_TRUE(std::isnan(value)) << value;
  }
}

TEST(Diagnostics, NothingIsSaidOfConstantOrBrokenOrShortChains) {
  Series constant{4, 100, std::vector<double>(400, 0.1)};  // 0.1: sums of it are not exact
  expect_nothing(constant.view());
  EXPECT_TRUE(std::isnan(bfmi(constant.values)));
  for (std::size_t i = 0; i < 200; ++i) constant.values[i] = 7.3;  // chains stuck at different places
  expect_nothing(constant.view());
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity()}) {
    Series broken = ar1(4, 100, 0.0, 1);
    broken.values[217] = bad;
    expect_nothing(broken.view());
    EXPECT_TRUE(std::isnan(bfmi(broken.values)));
  }
  const Series brief = ar1(4, 11, 0.0, 1);
  EXPECT_TRUE(std::isnan(ess_bulk(brief.view())));
  EXPECT_TRUE(std::isfinite(rhat(brief.view())));
  EXPECT_TRUE(std::isfinite(ess_bulk(ar1(4, 12, 0.0, 1).view())));
  expect_nothing(ar1(4, 3, 0.0, 1).view());
  expect_nothing(Draws{});
}

TEST(Diagnostics, NothingIsSaidWhereOneChainIsStuck) {
  Series x = ar1(4, 1000, 0.0, 1);
  std::fill(x.values.begin(), x.values.begin() + 1000, 1.0);
  expect_nothing(x.view());
  x.values[0] = 1.5;  // it moved once: from here on the numbers must tell
  EXPECT_GT(rhat(x.view()), 1.01);
  EXPECT_LT(ess_bulk(x.view()), 400.0);
}

TEST(Diagnostics, SumEndsFiveLagsBeforeTheEnd) {
  // One jump between two halves that stand still: every correlation is one. Halves of n = 100 draws end at lag 96, so
  // tau = -1 + 2 * 96 + 1.
  Series x{1, 200, std::vector<double>(200, 0.0)};
  std::fill(x.values.begin() + 100, x.values.end(), 1.0);
  expect_relative(ess_mean(x.view()), 200.0 / 192.0, 1e-12, "ess");
}

TEST(Diagnostics, ChainsApartAreSeen) {
  const Series good = ar1(4, 1000, 0.0, 1);
  EXPECT_LT(rhat(good.view()), 1.01);
  Series shifted = good;
  for (std::size_t i = 0; i < 1000; ++i) shifted.values[i] += 0.5;
  EXPECT_GT(rhat(shifted.view()), 1.01);
  // The same centre, another width: only the folded part sees it.
  Series wider = good;
  for (std::size_t i = 0; i < 1000; ++i) wider.values[i] *= 2.0;
  EXPECT_GT(rhat(wider.view()), 1.01);
  EXPECT_LT(rhat_basic(wider.view()), 1.01);
  // A drift within the chains, the same in all: only the split sees it.
  Series drifting = good;
  for (std::size_t i = 0; i < drifting.values.size(); ++i) drifting.values[i] += i % 1000 < 500 ? -0.25 : 0.25;
  EXPECT_GT(rhat(drifting.view()), 1.01);
}

TEST(Diagnostics, RanksDoNotMindAMonotoneMapOrInfiniteVariance) {
  Series x = ar1(4, 1000, 0.3, 5);
  const double before = ess_bulk(x.view());
  const double tail = ess_tail(x.view());
  for (double& v : x.values) v = std::exp(3.0 * v);
  EXPECT_DOUBLE_EQ(ess_bulk(x.view()), before);
  EXPECT_DOUBLE_EQ(ess_tail(x.view()), tail);
}

TEST(Diagnostics, StrideSelectsOneBin) {
  const Series one = ar1(3, 200, 0.6, 7);
  std::vector<double> table(3 * 200 * 5, -1.0);
  for (std::size_t i = 0; i < one.values.size(); ++i) table[5 * i + 2] = one.values[i];
  const Draws bin{3, 200, table.data() + 2, 5};
  EXPECT_EQ(rhat(bin), rhat(one.view()));
  EXPECT_EQ(ess_tail(bin), ess_tail(one.view()));
}

TEST(Diagnostics, TiesLeaveNoTail) {
  Series x = ar1(4, 500, 0.0, 2);
  for (double& v : x.values) v = v > 0.0 ? 1.0 : 0.0;
  EXPECT_TRUE(std::isnan(ess_tail(x.view())));
  EXPECT_TRUE(std::isfinite(ess_bulk(x.view())));
  EXPECT_LT(rhat(x.view()), 1.01);
}

}  // namespace
}  // namespace scorefield::reduce
