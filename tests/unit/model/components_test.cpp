/// What every target, likelihood and operator must satisfy. A component comes in by being registered; it is built from
/// its own example.

#include "model/components.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <optional>

#include "base/errors.hpp"
#include "deck/parse.hpp"
#include "noise/normals.hpp"
#include "physics/register.hpp"
#include "reduce/rows.hpp"
#include "samplers/register.hpp"
#include "support/fields.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_rbm.hpp"
#include "tasks/register.hpp"

namespace scorefield::model {
namespace {

class Registered : public testing::Test {
 protected:
  Registered() {
    physics::register_targets(components_);
    samplers::register_samplers(components_);
    tasks::register_tasks(components_);
    std::ofstream(scratch_ / "spectrum.csv") << "# k, P(k)\n0.1, 3.0\n1.0, 1.0\n4.0, 0.1\n";
    std::ofstream(scratch_ / "design.csv") << "y, dose\n0, -1.0\n1, 0.5\n0, 0.7\n1, 2.0\n";
    test::SmallRbm(base::Comm::self(), 3, 2).write(scratch_ / "rbm.h5");
  }

  deck::Component parse(const std::string& text, const std::string& family) {
    deck::Problems problems;
    deck::ParseContext context{components_.catalogue, scratch_.path(), problems};
    const deck::Component component =
        deck::parse_component(deck::parse_value(text, "example"), family, context, family);
    EXPECT_TRUE(problems.empty()) << text << '\n' << problems.text();
    return component;
  }

  /// What an example gives on a 2-D and a 3-D domain; nothing where the component refuses the domain.
  template <class Interface, class Check>
  void for_each_example(const deck::Registry<Interface, const BuildContext>& registry, const Check& check) {
    for (const auto& entry : registry.family().entries()) {
      int built = 0;
      for (const grid::Domain& domain : domains_) {
        SCOPED_TRACE(entry.name() + " in " + std::to_string(domain.lattice().dimensions()) + "-D");
        const deck::Component prior_text = parse(
            "{type: gaussian_field, spectrum: {type: matern, variance: 0.04, correlation_length: 2.0}}", "target");
        const BuildContext plain{components_, domain, 7};
        const auto prior = components_.targets.build(prior_text, plain);
        BuildContext context = plain;
        context.prior = prior.get();
        const deck::Component component = parse(entry.schema.example(), registry.family().name());
        ASSERT_TRUE(component);
        std::unique_ptr<Interface> object;
        try {
          object = registry.build(component, context);
        } catch (const base::DeckError&) {
          continue;
        }
        ++built;
        check(domain, *object);
      }
      EXPECT_GT(built, 0) << entry.name() << " can be built on no domain";
    }
  }

  Components components_;
  test::ScratchDirectory scratch_;
  std::vector<grid::Domain> domains_{test::make_domain({12, 10}, base::Comm::self()),
                                     test::make_domain({6, 5, 4}, base::Comm::self()),
                                     test::make_domain({3}, base::Comm::self())};
};

DualField white(const grid::Domain& domain, int components, std::uint64_t step) {
  DualField x(domain, "white", components);
  noise::fill_white(domain, {.seed = 31, .step = step}, x.set_real());
  return x;
}

double dot(const grid::Domain& domain, DualField& x, DualSum& y) {
  return reduce::dot(domain, x.fourier(), y.fourier()).value();
}
double norm(const grid::Domain& domain, const grid::SpectralField& x) {
  return std::sqrt(reduce::dot(domain, x, x).value());
}

TEST_F(Registered, HaveExamplesThatParse) {
  std::size_t seen = 0;
  for (const auto& [name, family] : components_.catalogue.all()) {
    for (const auto& entry : family.entries()) {
      ++seen;
      ASSERT_FALSE(entry.schema.example().empty()) << name << ' ' << entry.name();
      EXPECT_EQ(parse(entry.schema.example(), name).type, entry.name());
      for (const std::string& defect : entry.schema.defects()) ADD_FAILURE() << entry.name() << ": " << defect;
    }
  }
  EXPECT_GE(seen, 15U);
}

void check_target(const grid::Domain& domain, Target& target) {
  if (target.symbol_energy() != nullptr) return;  // no gradient; tests/unit/model/symbol_energy_test.cpp has its checks
  const int components = target.components();
  DualSum gradient(domain, "gradient", components);
  for (std::uint64_t trial = 0; trial < 4; ++trial) {
    DualField x = white(domain, components, 2 * trial);
    DualField direction = white(domain, components, 2 * trial + 1);
    gradient.clear();
    reduce::ExactSum energy = target.evaluate(x, &gradient);
    while (!std::isfinite(energy.value())) {  // counts want a density contrast above -1
      double* values = x.change(Space::real);
      for (std::int64_t i = 0; i < x.real().size(); ++i) values[i] *= 0.5;
      gradient.clear();
      energy = target.evaluate(x, &gradient);
    }
    EXPECT_EQ(target.evaluate(x, nullptr).value(), energy.value());
    // Central differences with a step of 1e-4 of the field's own size: rounding leaves 1e-9 and a cubic term 1e-8.
    constexpr double step = 1e-4;
    const auto shifted = [&](double by) {
      DualField y(domain, "shifted", components);
      const grid::Field& out = y.set_real();
      for (std::int64_t i = 0; i < out.size(); ++i)
        out.data()[i] = x.real().data()[i] + by * direction.real().data()[i];
      return target.evaluate(y, nullptr);
    };
    const double slope = (shifted(step) - shifted(-step)).value() / (2.0 * step);
    const double scale = norm(domain, direction.fourier()) * norm(domain, gradient.fourier());
    ASSERT_GT(scale, 0.0);
    EXPECT_NEAR(slope, dot(domain, direction, gradient), 1e-6 * scale);
  }
}

void check_quadratic_form(const grid::Domain& domain, Target& target) {
  LinearGaussian& quadratic = *target.linear_gaussian();
  const int components = target.components();
  DualField x = white(domain, components, 100);
  DualField y = white(domain, components, 101);
  DualSum qx(domain, "Qx", components), qy(domain, "Qy", components);
  quadratic.add_precision(x, qx);
  quadratic.add_precision(y, qy);
  const double scale = norm(domain, x.fourier()) * norm(domain, qy.fourier());
  ASSERT_GT(scale, 0.0);
  EXPECT_NEAR(dot(domain, x, qy), dot(domain, y, qx), 1e-10 * scale);

  // gradient = Q x - b
  DualSum gradient(domain, "gradient", components), rest(domain, "gradient - Qx + b", components);
  target.evaluate(x, &gradient);
  const auto part = rest.fourier_part();
  for (std::int64_t i = 0; i < part.field.size(); ++i)
    part.field.data()[i] = gradient.fourier().data()[i] - qx.fourier().data()[i];
  quadratic.add_information(rest);
  EXPECT_LT(norm(domain, rest.fourier()), 1e-10 * norm(domain, gradient.fourier()));

  // Draws of covariance Q, projected onto three directions v: variance <v, Q v>. Power: 4,000 draws find 20 % of the
  // variance at z = 9, and each term's own scale is wrong by a factor where it is wrong at all.
  constexpr int draws = 4000;
  for (std::uint64_t which = 0; which < 3; ++which) {
    DualField v = white(domain, components, 200 + which);
    DualSum qv(domain, "Qv", components), draw(domain, "draw", components);
    quadratic.add_precision(v, qv);
    const double variance = dot(domain, v, qv);
    double sum = 0.0;
    double squares = 0.0;
    double lagged = 0.0;
    double last = 0.0;
    for (int i = 0; i < draws; ++i) {
      draw.clear();
      quadratic.add_perturbation({.seed = 5, .chain = 1, .step = static_cast<std::uint64_t>(i)}, draw);
      const double p = dot(domain, v, draw) / std::sqrt(variance);
      sum += p;
      squares += p * p;
      lagged += p * last;
      last = p;
    }
    EXPECT_LT(std::abs(sum) / std::sqrt(draws), 5.0);
    EXPECT_LT(std::abs(squares - draws) / std::sqrt(2.0 * draws), 5.0);
    EXPECT_LT(std::abs(lagged) / std::sqrt(draws), 5.0);
  }
}

TEST_F(Registered, TargetsHaveTheGradientOfTheirEnergy) {
  for_each_example(components_.targets, check_target);
  for_each_example(components_.likelihoods, check_target);
}

TEST_F(Registered, QuadraticFormsAreWhatTheySay) {
  const auto check = [](const grid::Domain& domain, Target& target) {
    if (target.linear_gaussian() != nullptr) check_quadratic_form(domain, target);
  };
  for_each_example(components_.targets, check);
  for_each_example(components_.likelihoods, check);
}

/// <w, J v> = <J^T w, v> for the derivative J of the physical field, by central differences as above.
TEST_F(Registered, TransformedTargetsPullGradientsBack) {
  int transformed = 0;
  for_each_example(components_.targets, [&](const grid::Domain& domain, Target& target) {
    if (!target.is_transformed() || target.symbol_energy() != nullptr) return;
    ++transformed;
    const int components = target.components();
    DualField x = white(domain, components, 600);
    DualField direction = white(domain, components, 601);
    DualField weights = white(domain, components, 602);
    constexpr double step = 1e-4;
    const auto weighted = [&](double by, DualField& field) {
      DualField y(domain, "shifted", components);
      const grid::Field& out = y.set_real();
      for (std::int64_t i = 0; i < out.size(); ++i)
        out.data()[i] = x.real().data()[i] + by * direction.real().data()[i];
      target.physical(y, field);
      return reduce::dot(domain, weights.real(), field.real()).value();
    };
    DualField field(domain, "physical", components);
    const double slope = (weighted(step, field) - weighted(-step, field)) / (2.0 * step);
    weighted(0.0, field);
    DualSum gradient(domain, "gradient", components), out(domain, "pulled back", components);
    gradient.real_part().field.copy_from(weights.real());
    target.add_pullback(x, field, gradient, out);
    const double scale = norm(domain, direction.fourier()) * norm(domain, out.fourier());
    ASSERT_GT(scale, 0.0);
    EXPECT_NEAR(slope, dot(domain, direction, out), 1e-6 * scale);
    target.add_pullback(x, field, gradient, out);  // added, not assigned
    EXPECT_NEAR(2.0 * slope, dot(domain, direction, out), 2e-6 * scale);
  });
  EXPECT_GE(transformed, 4);
}

TEST_F(Registered, OperatorsHaveTheirAdjoint) {
  for_each_example(components_.operators, [](const grid::Domain& domain, Operator& op) {
    const int out = op.components(1);
    for (std::uint64_t trial = 0; trial < 3; ++trial) {
      DualField x = white(domain, 1, 300 + trial);
      DualField y = white(domain, out, 400 + trial);
      DualField ax(domain, "Ax", out);
      DualSum aty(domain, "A^T y");
      op.apply(x, ax);
      op.add_adjoint(y, aty);
      const double scale = norm(domain, ax.fourier()) * norm(domain, y.fourier());
      ASSERT_GT(scale, 0.0);
      const double left = reduce::dot(domain, ax.fourier(), y.fourier()).value();
      EXPECT_NEAR(left, dot(domain, x, aty), 1e-10 * scale);
      // Added, not assigned: to a sum that was read, and to one that was not.
      op.add_adjoint(y, aty);
      EXPECT_NEAR(2.0 * left, dot(domain, x, aty), 2e-10 * scale);
      aty.clear();
      op.add_adjoint(y, aty);
      op.add_adjoint(y, aty);
      EXPECT_NEAR(2.0 * left, dot(domain, x, aty), 2e-10 * scale);
    }
  });
}

TEST_F(Registered, OperatorsHaveTheGainsTheySay) {
  for_each_example(components_.operators, [](const grid::Domain& domain, Operator& op) {
    const int components = op.components(1);
    const grid::Box& box = domain.spectral_box();
    base::DiagonalView one("one", static_cast<std::size_t>(box.extent(1)), static_cast<std::size_t>(box.extent(2)),
                           static_cast<std::size_t>(domain.lattice().n()[0]));
    Kokkos::deep_copy(one, 1.0);
    const auto gains = op.gains({one});
    ASSERT_EQ(static_cast<int>(gains.size()), components);

    // The mean gain over all modes is tr(A^T A) / N, whatever the operator.
    const std::int64_t sites = domain.lattice().sites();
    double trace = 0.0;
    DualField delta(domain, "delta"), image(domain, "image", components);
    for (std::int64_t i = sites; i-- > 0;) {  // ends with the delta at the origin, which is used below
      const grid::Field& cells = delta.set_real();
      cells.fill(0.0);
      cells.data()[i] = 1.0;
      op.apply(delta, image);
      trace += reduce::dot(domain, image.real(), image.real()).value();
    }
    grid::SpectralField response(domain, "response", components);
    response.copy_from(image.fourier());
    double mean = 0.0;
    for (const auto& gain : gains) {
      for (std::int64_t row = 0; row < box.extent(1) * box.extent(2); ++row) {
        const double weight = reduce::mode_weight(grid::spectral_row(box, row).kx, domain.lattice().n()[2]);
        for (std::int64_t z = 0; z < domain.lattice().n()[0]; ++z)
          mean += weight * gain.data()[row * domain.lattice().n()[0] + z];
      }
    }
    EXPECT_NEAR(mean, trace, 1e-10 * trace);

    // Of a convolution: |A(k)|^2 of each mode.
    DualField x = white(domain, 1, 500);
    op.apply(x, image);
    bool is_convolution = true;
    for (int c = 0; c < components; ++c) {
      for (std::int64_t i = 0; i < x.fourier().size(); ++i) {
        const base::Complex expected = response.component(c)[i] * x.fourier().data()[i];
        const base::Complex got = image.fourier().component(c)[i];
        is_convolution = is_convolution && std::abs(got.real() - expected.real()) < 1e-9 &&
                         std::abs(got.imag() - expected.imag()) < 1e-9;
      }
    }
    if (!is_convolution) return;
    for (int c = 0; c < components; ++c) {
      for (std::int64_t i = 0; i < x.fourier().size(); ++i) {
        const base::Complex a = response.component(c)[i];
        EXPECT_NEAR(gains[static_cast<std::size_t>(c)].data()[i], a.real() * a.real() + a.imag() * a.imag(), 1e-10);
      }
    }
  });
}

/// What `check` counts is what a draw records, and bins are as many as values.
TEST_F(Registered, ObservablesRecordAsManyNumbersAsTheySay) {
  for (const auto& entry : components_.observables.family().entries()) {
    for (const grid::Domain& domain : domains_) {
      const deck::Component text =
          parse("{type: gaussian_field, spectrum: {type: matern, correlation_length: 2.0}}", "target");
      auto target = components_.targets.build(text, BuildContext{components_, domain, 7});
      const deck::Component component = parse(entry.schema.example(), "observable");
      std::unique_ptr<Observable> observable;
      try {
        observable = components_.observables.build(component, {domain, *target});
      } catch (const base::DeckError&) {  // it is for symbols: of four, as many as observables reckon with in advance
        target = components_.targets.build(parse("{type: potts, symbols: 4}", "target"),
                                           BuildContext{components_, domain, 7});
        if (entry.name() == "pair_frequencies" && domain.lattice().dimensions() > 1) continue;  // of sequences
        observable = components_.observables.build(component, {domain, *target});
      }
      Chain chain(0, domain, 1);
      if (target->symbol_energy() == nullptr) {
        noise::fill_white(domain, {.seed = 3}, chain.x.set_real());
      } else {
        target->draw_prior({.seed = 3}, chain.x);
      }
      std::vector<double> values;
      observable->measure(chain, values);
      EXPECT_EQ(static_cast<std::int64_t>(values.size()), observable->size()) << entry.name();
      EXPECT_EQ(components_.values_of(component, domain.lattice()), observable->size()) << entry.name();
      for (const auto& bins : observable->bins()) EXPECT_EQ(bins.values.size(), values.size()) << entry.name();
    }
  }
}

}  // namespace
}  // namespace scorefield::model
