#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "grid/fft.hpp"
#include "reduce/rows.hpp"
#include "support/fields.hpp"

namespace scorefield {
namespace {

using base::Comm;
using grid::Field;
using grid::SpectralField;

class FftOnShape : public testing::TestWithParam<std::vector<std::int64_t>> {};

TEST_P(FftOnShape, RoundTripParsevalAndAdjoint) {
  const grid::Domain domain = test::make_domain(GetParam(), Comm::world());
  const Field x(domain, "x"), y(domain, "y"), back(domain, "back");
  const SpectralField xhat(domain, "xhat"), yhat(domain, "yhat"), s(domain, "s");
  test::fill_by_site(x);
  test::fill_by_site(y, 1);
  grid::forward(domain, x, xhat);
  grid::forward(domain, y, yhat);
  grid::backward(domain, xhat, back);
  double worst = 0.0;
  for (std::int64_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(back.data()[i] - x.data()[i]));
  // Errors grow as eps sqrt(log N); 1e-14 is 20 times that for the largest shape.
  EXPECT_LT(worst, 1e-14);

  const double norm = reduce::dot(domain, x, x).value();
  EXPECT_NEAR(reduce::dot(domain, xhat, xhat).value(), norm, 1e-13 * norm);

  // <y, backward(s)> = (1/N) sum w Re(conj(yhat) s) for any s, Hermitian or not.
  const grid::Box& box = s.box();
  for (std::int64_t row = 0; row < s.rows(); ++row) {
    const grid::SpectralRow at = grid::spectral_row(box, row);
    for (std::int64_t z = 0; z < s.row_length(); ++z) {
      s.data()[row * s.row_length() + z] =
          base::Complex(test::value_at(2, z, at.y, at.kx), test::value_at(3, z, at.y, at.kx));
    }
  }
  grid::backward(domain, s, back);
  const double left = reduce::dot(domain, y, back).value();
  const double right = reduce::dot(domain, yhat, s).value();
  const double scale = std::sqrt(reduce::dot(domain, y, y).value() * reduce::dot(domain, back, back).value());
  EXPECT_NEAR(left, right, 1e-13 * scale);
}

TEST_P(FftOnShape, SameBitsAsOnOneRank) {
  const grid::Domain domain = test::make_domain(GetParam(), Comm::world());
  const grid::Domain alone = test::make_domain(GetParam(), Comm::self());
  const Field x(domain, "x"), whole(alone, "x");
  const SpectralField xhat(domain, "xhat"), whole_hat(alone, "xhat");
  test::fill_by_site(x);
  test::fill_by_site(whole);
  grid::forward(domain, x, xhat);
  grid::forward(alone, whole, whole_hat);
  EXPECT_TRUE(test::same_bits(xhat, whole_hat));
  grid::backward(domain, xhat, x);
  grid::backward(alone, whole_hat, whole);
  EXPECT_TRUE(test::same_bits(x, whole));
}

INSTANTIATE_TEST_SUITE_P(Shapes, FftOnShape, testing::ValuesIn(test::shapes()), [](const auto& shape) {
  std::string name;
  for (const auto n : shape.param) name += (name.empty() ? "" : "x") + std::to_string(n);
  return name;
});

TEST(Fft, IsTheSumThatItsDocumentationStates) {
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{6, 5}, {5, 6, 7}, {4, 3, 8}}) {
    const grid::Domain domain = test::make_domain(shape, Comm::world());
    const grid::Index3 n = domain.lattice().n();
    const Field x(domain, "x");
    const SpectralField xhat(domain, "xhat");
    test::fill_by_site(x);
    grid::forward(domain, x, xhat);
    for (std::int64_t row = 0; row < xhat.rows(); ++row) {
      const grid::SpectralRow at = grid::spectral_row(xhat.box(), row);
      for (std::int64_t kz = 0; kz < n[0]; ++kz) {
        std::complex<long double> sum = 0.0L;
        for (std::int64_t i = 0; i < domain.lattice().sites(); ++i) {
          const std::int64_t x_at = i % n[2];
          const std::int64_t y_at = i / n[2] % n[1];
          const std::int64_t z_at = i / (n[1] * n[2]);
          const auto turn = [](std::int64_t k, std::int64_t at_site, std::int64_t extent) {
            return static_cast<long double>(k * at_site % extent) / static_cast<long double>(extent);
          };
          const long double angle = -2.0L * std::numbers::pi_v<long double> *
                                    (turn(at.kx, x_at, n[2]) + turn(at.y, y_at, n[1]) + turn(kz, z_at, n[0]));
          sum += std::polar(1.0L, angle) * static_cast<long double>(test::value_at(0, z_at, y_at, x_at));
        }
        const base::Complex got = xhat.data()[row * n[0] + kz];
        EXPECT_NEAR(got.real(), static_cast<double>(sum.real()), 1e-14);
        EXPECT_NEAR(got.imag(), static_cast<double>(sum.imag()), 1e-14);
      }
    }
  }
}

}  // namespace
}  // namespace scorefield
