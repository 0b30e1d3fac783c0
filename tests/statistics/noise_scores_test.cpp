/// Denoisers in closed form: their score is the slope of their energy, their Jacobian that of D, and D the posterior
/// mean.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numbers>

#include "noise/normals.hpp"
#include "reduce/rows.hpp"
#include "support/builder.hpp"

namespace scorefield {
namespace {

const std::string matern = "{type: matern, variance: 1.3, correlation_length: 1.5}";
const std::vector<std::string>& targets() {
  static const std::vector<std::string> all{
      "{type: gaussian_field, spectrum: " + matern + "}",
      "{type: gaussian_field, spectrum: {type: power_law, amplitude: 1.0, slope: -1.0}}",
      "{type: gaussian_field, lipschitz: 0.9, spectrum: " + matern + "}",
      "{type: lognormal_field, spectrum: " + matern + "}",
      "{type: gaussian_mixture, spectrum: " + matern + ", weights: [0.3, 0.7], means: [-1.0, 0.8], scales: [1.0, 0.6]}",
  };
  return all;
}

class Denoisers : public testing::TestWithParam<std::size_t> {
 protected:
  Denoisers()
      : domain_(grid::Lattice({5, 4}, {1.0, 1.0}), base::Comm::self()),
        target_(builder_.target(targets().at(GetParam()), domain_)),
        denoiser_(*target_->denoiser()) {}

  model::DualField white(std::uint64_t step) const {
    model::DualField x(domain_, "x");
    noise::fill_white(domain_, {.seed = 5, .step = step}, x.set_real());
    return x;
  }
  /// y + t v
  model::DualField moved(model::DualField& y, double t, model::DualField& v) const {
    model::DualField out(domain_, "moved");
    const grid::Field& to = out.set_real();
    const grid::Field& a = y.real();
    const grid::Field& b = v.real();
    for (std::int64_t i = 0; i < to.size(); ++i) to.data()[i] = a.data()[i] + t * b.data()[i];
    return out;
  }
  double dot(model::DualField& a, model::DualField& b) const {
    return reduce::dot(domain_, a.real(), b.real()).value();
  }

  test::Builder builder_;
  grid::Domain domain_;
  std::unique_ptr<model::Target> target_;
  model::Denoiser& denoiser_;
};

// Central differences of step h err by h^2 times a third derivative of order one, and by 1e-16 / h of rounding.
constexpr double h = 1e-4;
constexpr double tolerance = 1e-6;

TEST_P(Denoisers, ScoreIsTheSlopeOfTheEnergy) {
  for (const double sigma : {0.3, 1.0, 3.0}) {
    model::DualField y = white(1);
    model::DualField v = white(2);
    model::DualField d(domain_, "d");
    denoiser_.denoise(y, sigma, d);
    const double along = (dot(d, v) - dot(y, v)) / (sigma * sigma);
    model::DualField ahead = moved(y, h, v);
    model::DualField behind = moved(y, -h, v);
    const double slope =
        -(denoiser_.energy(ahead, sigma).value() - denoiser_.energy(behind, sigma).value()) / (2.0 * h);
    EXPECT_NEAR(along, slope, tolerance * (1.0 + std::abs(slope))) << sigma;
  }
}

TEST_P(Denoisers, JacobianIsThatOfTheDenoiserAndSymmetric) {
  for (const double sigma : {0.3, 1.0, 3.0}) {
    model::DualField y = white(1);
    model::DualField v = white(2);
    model::DualField u = white(3);
    model::DualField product(domain_, "Jv");
    model::DualField transposed(domain_, "Ju");
    denoiser_.jacobian_product(y, sigma, v, product);
    denoiser_.transposed_jacobian_product(y, sigma, u, transposed);
    model::DualField ahead = moved(y, h, v);
    model::DualField behind = moved(y, -h, v);
    model::DualField above(domain_, "D ahead");
    model::DualField below(domain_, "D behind");
    denoiser_.denoise(ahead, sigma, above);
    denoiser_.denoise(behind, sigma, below);
    for (std::int64_t i = 0; i < domain_.lattice().sites(); ++i) {
      const double difference = (above.real().data()[i] - below.real().data()[i]) / (2.0 * h);
      EXPECT_NEAR(product.real().data()[i], difference, tolerance * 10.0) << sigma << ", cell " << i;
    }
    EXPECT_NEAR(dot(u, product), dot(v, transposed), 1e-12 * std::sqrt(dot(u, u) * dot(v, v))) << sigma;
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Denoisers, testing::Range<std::size_t>(0, targets().size()));

/// One cell, where D is an integral over a line.
TEST(MixtureDenoiser, IsThePosteriorMeanByQuadrature) {
  test::Builder builder;
  const grid::Domain domain(grid::Lattice({1}, {1.0}), base::Comm::self());
  // A flat spectrum of power 1 near k = 0: read from the denoiser's own variance below.
  const auto target = builder.target(
      "{type: gaussian_mixture, spectrum: {type: matern, variance: 0.4}, weights: [1.0, 3.0], means: [-1.0, 0.8], "
      "scales: [1.0, 0.6]}",
      domain);
  const auto prior = builder.target("{type: gaussian_field, spectrum: {type: matern, variance: 0.4}}", domain);
  const double v = prior->prior_power()(0.0);
  const auto density = [&](double x) {
    const auto normal = [&](double mean, double variance) {
      return std::exp(-0.5 * (x - mean) * (x - mean) / variance) / std::sqrt(2.0 * std::numbers::pi * variance);
    };
    return 0.25 * normal(-1.0, v) + 0.75 * normal(0.8, 0.36 * v);
  };
  model::DualField y(domain, "y");
  model::DualField d(domain, "d");
  model::DualField one(domain, "one");
  model::DualField j(domain, "j");
  one.set_real().data()[0] = 1.0;
  for (const double sigma : {0.2, 0.7, 2.0}) {
    for (const double at : {-1.5, -0.2, 0.1, 1.4}) {
      double norm = 0.0;
      double mean = 0.0;
      double square = 0.0;
      constexpr int nodes = 40000;  // trapezoids converge exponentially here
      for (int i = 0; i <= nodes; ++i) {
        const double x = -20.0 + 40.0 * i / nodes;
        const double w = density(x) * std::exp(-0.5 * (at - x) * (at - x) / (sigma * sigma));
        norm += w;
        mean += w * x;
        square += w * x * x;
      }
      mean /= norm;
      y.set_real().data()[0] = at;
      target->denoiser()->denoise(y, sigma, d);
      target->denoiser()->jacobian_product(y, sigma, one, j);
      EXPECT_NEAR(d.real().data()[0], mean, 1e-10);
      // Tweedie's second formula: Cov[x | y] = sigma^2 J.
      EXPECT_NEAR(sigma * sigma * j.real().data()[0], square / norm - mean * mean, 1e-10);
    }
  }
}

}  // namespace
}  // namespace scorefield
