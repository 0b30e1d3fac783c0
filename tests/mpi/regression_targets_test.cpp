/// Regressions against their densities written out, on as many ranks as there are; and the same bits as on one alone.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>

#include "support/builder.hpp"
#include "support/dense_gaussian.hpp"
#include "support/fields.hpp"
#include "support/scratch_directory.hpp"

namespace scorefield {
namespace {

using Values = std::vector<double>;

/// 200 rows: four blocks, which divide neither by 3 nor by 5.
struct Data {
  Values x, z, y, won, trials;
  Data() {
    constexpr int rows = 200;
    for (int i = 0; i < rows; ++i) {
      x.push_back(-1.0 + 2.0 * i / (rows - 1.0));
      z.push_back(std::cos(7.0 * i));
      y.push_back(0.5 + 1.2 * x.back() - 0.7 * z.back() + 0.4 * std::sin(0.37 * i * i));
      trials.push_back(1.0 + i % 3);
      won.push_back(static_cast<double>((i * i) % 5 % (1 + i % 3 + 1)));
      won.back() = std::min(won.back(), trials.back());
    }
  }
  void write(const std::filesystem::path& path, std::size_t rows) const {
    std::ofstream file(path);
    file.precision(17);
    file << "x,z,y,won,trials\n";
    for (std::size_t i = 0; i < rows; ++i) {
      file << x[i] << ',' << z[i] << ',' << y[i] << ',' << won[i] << ',' << trials[i] << '\n';
    }
  }
};

constexpr std::size_t gp_rows = 40;
const Values school_means{28.0, 8.0, -3.0};
const Values school_errors{15.0, 10.0, 16.0};

double square(double a) { return a * a; }

double linear(const Data& data, const Values& p, const std::function<double(double)>& sigma_prior) {
  double energy = sigma_prior(p[3]);
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    energy += 0.5 * square((data.y[i] - p[0] - p[1] * data.x[i] - p[2] * data.z[i]) / p[3]) + std::log(p[3]);
  }
  return energy;
}

double logistic(const Data& data, const Values& p) {
  double energy = std::log1p(square(p[0] / 2.5)) + std::log1p(square(p[1] / 2.5));
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    const double probability = 1.0 / (1.0 + std::exp(-p[0] - p[1] * data.x[i]));
    energy -= data.won[i] * std::log(probability) + (data.trials[i] - data.won[i]) * std::log1p(-probability);
  }
  return energy;
}

double schools(const Values& p) {
  double energy = 0.5 * square(p[0] / 5.0) + std::log1p(square(p[1] / 5.0));
  for (std::size_t j = 0; j < school_means.size(); ++j) {
    energy += 0.5 * square((p[2 + j] - school_means[j]) / school_errors[j]);
    energy += 0.5 * square((p[2 + j] - p[0]) / p[1]) + std::log(p[1]);
  }
  return energy;
}

/// By LAPACK.
double gaussian_process(const Data& data, const Values& p, const std::function<double(double)>& kernel) {
  const int n = static_cast<int>(gp_rows);
  test::Matrix covariance(n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
      const double distance = std::sqrt(square(data.x[a] - data.x[b]) + square((data.z[a] - data.z[b]) / 2.0));
      covariance(i, j) = square(p[0]) * kernel(distance / p[1]) + (i == j ? square(p[2]) : 0.0);
    }
  }
  const Values y(data.y.begin(), data.y.begin() + n);
  const test::DenseGaussian solved(covariance, y);
  double energy = 0.0;
  for (int i = 0; i < n; ++i) {
    const auto a = static_cast<std::size_t>(i);
    energy += 0.5 * y[a] * solved.mean[a] + std::log(solved.factor(i, i));
  }
  const auto lognormal = [](double s, double median, double width) {
    return 0.5 * square(std::log(s / median) / width) + std::log(s);
  };
  return energy + lognormal(p[0], 2.0, 1.0) + lognormal(p[1], 1.0, 0.5) + 0.5 * square(p[2] / 0.3);
}

struct Case {
  std::string name, deck;  // FILE stands for the table
  std::int64_t parameters;
  std::function<double(const Data&, const Values&)> energy;  // of the physical parameters, up to a constant
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

Case linear_case(const std::string& name, const std::string& sigma, const std::function<double(double)>& prior) {
  return {name, "{type: linear_regression, file: FILE, response: y, predictors: ['1', x, z], sigma: " + sigma + "}", 4,
          [prior](const Data& data, const Values& p) { return linear(data, p, prior); }};
}

Case gp_case(const std::string& kernel, const std::function<double(double)>& k) {
  return {kernel,
          "{type: gp_regression, file: FILE-gp, response: y, inputs: [x, z/2], kernel: " + kernel +
              ", amplitude: {law: lognormal, scale: 2.0}, length_scale: {law: lognormal, width: 0.5}, noise: {law: "
              "half_normal, scale: 0.3, lower: 0.01, upper: 5.0}}",
          3, [k](const Data& data, const Values& p) { return gaussian_process(data, p, k); }};
}

Case schools_case(const std::string& form) {
  return {form, "{type: hierarchical_normal, means: [28, 8, -3], std: [15, 10, 16], parametrisation: " + form + "}", 5,
          [](const Data& /*data*/, const Values& p) { return schools(p); }};
}

std::vector<Case> cases() {
  return {{"logistic",
           "{type: logistic_regression, file: FILE, successes: won, trials: trials, predictors: ['1', x], prior: {law: "
           "cauchy}}",
           2, logistic},
          linear_case("log_uniform", "{law: log_uniform}", [](double s) { return std::log(s); }),
          linear_case("half_normal", "{law: half_normal, scale: 2.0}", [](double s) { return 0.5 * square(s / 2.0); }),
          linear_case("half_cauchy", "{law: half_cauchy, scale: 2.0, lower: 0.3}",
                      [](double s) { return std::log1p(square(s / 2.0)); }),
          linear_case("interval", "{law: uniform, lower: 0.2, upper: 1.7}", [](double /*s*/) { return 0.0; }),
          // s^2 = v with p(v) ~ v^(-nu/2 - 1) exp(-nu s0^2 / 2v), and dv = 2 s ds.
          linear_case("scaled_inverse_chi2", "{law: scaled_inverse_chi2, degrees: 3.0, scale: 0.7}",
                      [](double s) { return 2.5 * std::log(s * s) + 1.5 * square(0.7 / s) - std::log(s); }),
          schools_case("centred"),
          schools_case("non_centred"),
          gp_case("squared_exponential", [](double r) { return std::exp(-0.5 * r * r); }),
          gp_case("matern_1_2", [](double r) { return std::exp(-r); }),
          gp_case("matern_3_2", [](double r) { return (1.0 + std::sqrt(3.0) * r) * std::exp(-std::sqrt(3.0) * r); }),
          gp_case("matern_5_2", [](double r) {
            return (1.0 + std::sqrt(5.0) * r + 5.0 * r * r / 3.0) * std::exp(-std::sqrt(5.0) * r);
          })};
}

/// A target with what a test asks of it, on all ranks of its communicator.
class Posterior {
 public:
  Posterior(const std::string& deck, std::int64_t parameters, const base::Comm& comm)
      : domain_(test::make_domain({parameters}, comm)),
        target_(builder_.target(deck, domain_)),
        x_(domain_, "x"),
        gradient_(domain_, "gradient") {}

  double energy(const Values& u) { return target_->evaluate(set(u), nullptr).value(); }
  Values gradient(const Values& u) {
    gradient_.clear();
    target_->evaluate(set(u), &gradient_);
    return get(gradient_.real(), u.size());
  }
  Values physical(const Values& u) {
    if (!target_->is_transformed()) return u;
    model::DualField out(domain_, "physical");
    target_->physical(set(u), out);
    return get(out.real(), u.size());
  }

 private:
  model::DualField& set(const Values& u) {
    const grid::Field& field = x_.set_real();
    std::copy_n(u.begin(), field.size(), field.data());  // one rank has all or none
    return x_;
  }
  Values get(const grid::Field& field, std::size_t size) {
    Values values(size, 0.0);
    std::copy_n(field.data(), field.size(), values.begin());
    domain_.comm().broadcast(values.data(), static_cast<std::int64_t>(size), domain_.partition().real_owner(0, 0));
    return values;
  }

  test::Builder builder_;
  grid::Domain domain_;
  std::unique_ptr<model::Target> target_;
  model::DualField x_;
  model::DualSum gradient_;
};

class Regression : public ::testing::TestWithParam<Case> {
 protected:
  Regression() : world_(base::Comm::world()), scratch_(world_) {
    if (world_.is_root()) data_.write(scratch_ / "data", data_.y.size());
    if (world_.is_root()) data_.write(scratch_ / "data-gp", gp_rows);
    world_.barrier();
  }
  [[nodiscard]] std::string deck() const {
    std::string text = GetParam().deck;
    if (const auto at = text.find("FILE"); at != std::string::npos) text.replace(at, 4, (scratch_ / "data").string());
    return text;
  }
  /// States of the order of one.
  [[nodiscard]] static Values state(int number) {
    Values u;
    for (int i = 0; i < static_cast<int>(GetParam().parameters); ++i)
      u.push_back(0.8 * std::sin(1.0 + 3.0 * number + 1.3 * i));
    return u;
  }

  base::Comm world_;
  test::ScratchDirectory scratch_;
  Data data_;
};

Values shifted(Values u, std::size_t i, double by) {
  u[i] += by;
  return u;
}

// The parameters are a triangular map of the coordinates, whose determinant is the product of its diagonal. Central
// differences of step 1e-5 give that to 1e-9; energies of some 1e3 are rounded by less.
TEST_P(Regression, EnergyIsThatOfTheDensityWithTheJacobian) {
  constexpr double step = 1e-5, tolerance = 1e-7;
  Posterior posterior(deck(), GetParam().parameters, world_);
  double constant = 0.0;
  for (int number = 0; number < 6; ++number) {
    const Values u = state(number);
    double expected = GetParam().energy(data_, posterior.physical(u));
    for (std::size_t i = 0; i < u.size(); ++i) {
      const double rise = posterior.physical(shifted(u, i, step))[i] - posterior.physical(shifted(u, i, -step))[i];
      expected -= std::log(std::abs(rise) / (2.0 * step));
    }
    const double difference = posterior.energy(u) - expected;
    if (number == 0) constant = difference;
    EXPECT_NEAR(difference, constant, tolerance) << "state " << number;
  }
}

// Second-order differences with a step of 1e-4: relative to the gradient's own length the cubic term leaves 1e-7.
TEST_P(Regression, GradientIsThatOfTheEnergy) {
  constexpr double step = 1e-4;
  Posterior posterior(deck(), GetParam().parameters, world_);
  for (int number = 0; number < 4; ++number) {
    const Values u = state(number);
    const Values gradient = posterior.gradient(u);
    double length = 0.0;
    for (const double g : gradient) length = std::hypot(length, g);
    for (std::size_t i = 0; i < u.size(); ++i) {
      const double slope =
          (posterior.energy(shifted(u, i, step)) - posterior.energy(shifted(u, i, -step))) / (2.0 * step);
      EXPECT_NEAR(gradient[i], slope, 1e-6 * length) << "state " << number << " parameter " << i;
    }
  }
}

TEST_P(Regression, HasTheSameBitsOnAnyNumberOfRanks) {
  Posterior together(deck(), GetParam().parameters, world_);
  Posterior alone(deck(), GetParam().parameters, base::Comm::self());
  for (int number = 0; number < 6; ++number) {
    const Values u = state(number);
    EXPECT_EQ(together.energy(u), alone.energy(u));
    EXPECT_EQ(together.gradient(u), alone.gradient(u));
    EXPECT_EQ(together.physical(u), alone.physical(u));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Regression, ::testing::ValuesIn(cases()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace scorefield
