#pragma once
/// Proposals worked out by the test, of samplers that move whitened momenta u ~ N(0, 1) by x' = M^(1/2) u: a dense
/// M^(1/2) by its formula, forces by differences of the energy, determinants of maps by differences. Of the library:
/// the energy of the target and the random numbers, by purpose and counter.

#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "noise/normals.hpp"
#include "noise/philox.hpp"
#include "support/dense_gaussian.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield::test {

using Values = std::vector<double>;

inline double dot(const Values& a, const Values& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
/// a + t b
inline Values plus(Values a, double t, const Values& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += t * b[i];
  return a;
}
inline Values scaled(double t, Values a) {
  for (double& v : a) v *= t;
  return a;
}
inline Values unit(const Values& a) { return scaled(1.0 / std::sqrt(dot(a, a)), a); }
inline double distance(const Values& a, const Values& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}
inline Values times(const Matrix& m, const Values& v) {
  Values out(v.size(), 0.0);
  for (int j = 0; j < m.n; ++j)
    for (int i = 0; i < m.n; ++i) out[static_cast<std::size_t>(i)] += m(i, j) * v[static_cast<std::size_t>(j)];
  return out;
}

/// The matrix of cells that is diagonal in Fourier space: f(|k|), k in radians per cell width of 1.
inline Matrix circulant(const grid::Lattice& lattice, const std::function<double(double)>& f) {
  const grid::Index3 n = lattice.n();
  const auto sites = static_cast<int>(lattice.sites());
  const auto index = [&](int i) { return grid::Index3{i / (n[1] * n[2]), i / n[2] % n[1], i % n[2]}; };
  Matrix m(sites);
  for (int mode = 0; mode < sites; ++mode) {
    grid::Index3 w = index(mode);
    double k2 = 0.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const auto k = static_cast<double>(std::min(w[axis], n[axis] - w[axis]));
      k2 += std::pow(2.0 * std::numbers::pi * k / static_cast<double>(n[axis]), 2);
    }
    for (int i = 0; i < sites; ++i)
      for (int j = 0; j < sites; ++j) {
        double phase = 0.0;
        for (std::size_t axis = 0; axis < 3; ++axis)
          phase += 2.0 * std::numbers::pi * static_cast<double>(w[axis] * (index(i)[axis] - index(j)[axis])) /
                   static_cast<double>(n[axis]);
        m(i, j) += f(std::sqrt(k2)) * std::cos(phase) / sites;
      }
  }
  return m;
}

/// A target on a few cells with a preconditioner of known M(|k|).
struct Law {
  const char* name;
  const char* target;
  const char* preconditioner;
  double (*m)(double k);
};
/// Isotropic, anisotropic, and non-Gaussian in cells and in modes.
inline const std::vector<Law>& few_cells() {
  static const std::vector<Law> laws{
      {"isotropic", "{type: gaussian_field, spectrum: {type: power_law, amplitude: 1.0, slope: 0.0}}",
       "preconditioner: none", [](double k) { return k > 0.0 ? 1.0 : 0.0; }},
      {"masked posterior",
       "{type: posterior, prior: {type: gaussian_field, spectrum: {type: matern, correlation_length: 1.5}}, "
       "likelihoods: [{type: linear, data: {mock_seed: 5}, operators: [{type: mask, border: 0.5}], noise: {type: "
       "gaussian, std: 0.5}}]}",
       "preconditioner: spectrum, spectrum: {type: power_law, amplitude: 0.7, slope: -1.0}",
       [](double k) { return k > 0.0 ? 0.7 / k : 1.0; }},
      {"phi4", "{type: phi4, mass_squared: -1.0, coupling: 0.5}", "preconditioner: none", [](double) { return 1.0; }},
      {"phi4 in modes", "{type: phi4, mass_squared: -1.0, coupling: 0.5}",
       "preconditioner: spectrum, spectrum: {type: power_law, amplitude: 1.5, slope: -0.5}",
       [](double k) { return k > 0.0 ? 1.5 / std::sqrt(k) : 1.0; }}};
  return laws;
}

/// Its name as part of a test's.
inline std::string name_of_law(std::size_t i) {
  std::string name = few_cells().at(i).name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

/// A sampler of the library on a law of few cells, and what the test knows of its moves.
class Rebuilt {
 public:
  static constexpr std::uint64_t seed = 41;

  Rebuilt(const Law& law, const std::string& sampler)
      : sampling_("run: {seed: 41, warmup: 0}\ndomain: {shape: [4, 3]}\ntarget: " + std::string(law.target) +
                  "\nsampler: {" + sampler + ", " + law.preconditioner + "}\n"),
        x_(*sampling_.domain, "x"),
        root_(circulant(sampling_.domain->lattice(), [&](double k) { return std::sqrt(law.m(k)); })),
        free_(circulant(sampling_.domain->lattice(), [&](double k) { return law.m(k) > 0.0 ? 1.0 : 0.0; })) {}

  [[nodiscard]] std::unique_ptr<model::Chain> chain(std::int64_t id) { return sampling_.chain(id); }
  void step(model::Chain& chain) { sampling_.sampler->step(chain); }
  static Values state(model::Chain& chain) {
    const grid::Field& x = chain.x.real();
    return {x.data(), x.data() + x.size()};
  }

  double energy(const Values& x) { return exact_energy(x).value(); }
  double energy_difference(const Values& x, const Values& y) { return (exact_energy(x) - exact_energy(y)).value(); }
  /// M^(1/2) dE/dx by differences of fourth order: for polynomials of that degree exact up to rounding, whatever the
  /// distance.
  Values gradient(Values x) {
    constexpr double e = 0.25;
    Values g(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double at = x[i];
      const auto difference = [&](double by) {
        x[i] = at + by;
        const reduce::ExactSum above = exact_energy(x);
        x[i] = at - by;
        const double d = (above - exact_energy(x)).value();
        x[i] = at;
        return d;
      };
      g[i] = (8.0 * difference(e) - difference(2.0 * e)) / (12.0 * e);
    }
    return times(root_, g);
  }
  /// x + t M^(1/2) u
  [[nodiscard]] Values moved(const Values& x, double t, const Values& u) const { return plus(x, t, times(root_, u)); }

  /// The random numbers of the chain's next step.
  static noise::Stream stream(const model::Chain& chain, noise::Purpose purpose) {
    return {.seed = seed,
            .purpose = purpose,
            .chain = static_cast<std::uint32_t>(chain.id),
            .step = static_cast<std::uint64_t>(chain.step)};
  }
  /// N(0, 1) in each free direction: drawn by cell or by wavevector, where the state of the chain lives.
  [[nodiscard]] Values white(const noise::Stream& stream, model::Space space) const {
    const grid::Domain& domain = *sampling_.domain;
    const grid::Field xi(domain, "xi");
    double scale = 1.0;
    if (space == model::Space::real) {
      noise::fill_white(domain, stream, xi);
    } else {
      const grid::SpectralField z(domain, "z");
      noise::fill_white(domain, stream, z);
      grid::backward(domain, z, xi);
      scale = std::sqrt(static_cast<double>(domain.lattice().sites()));
    }
    return times(free_, scaled(scale, {xi.data(), xi.data() + xi.size()}));
  }
  [[nodiscard]] Values white(const model::Chain& chain, noise::Purpose purpose) const {
    return white(stream(chain, purpose), chain.space);
  }

  /// Orthonormal basis of the free directions that are orthogonal to `u` (all of them where it is zero).
  [[nodiscard]] std::vector<Values> basis(const Values& u) const {
    std::vector<Values> found;
    if (dot(u, u) > 0.0) found.push_back(unit(u));
    const std::size_t skipped = found.size();
    for (int i = 0; i < free_.n; ++i) {
      Values v(u.size(), 0.0);
      v[static_cast<std::size_t>(i)] = 1.0;
      v = times(free_, v);
      for (int twice = 0; twice < 2; ++twice)
        for (const Values& b : found) v = plus(v, -dot(b, v), b);
      if (dot(v, v) > 1e-6) found.push_back(unit(v));
    }
    found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(skipped));
    return found;
  }

 private:
  reduce::ExactSum exact_energy(const Values& x) {
    std::copy(x.begin(), x.end(), x_.set_real().data());
    return sampling_.target->evaluate(x_, nullptr);
  }

  Sampling sampling_;
  model::DualField x_;
  Matrix root_, free_;
};

/// log |det| of the Jacobian at 0 of a map of as many numbers to as many, by differences of fourth order.
inline double log_determinant(const std::function<Values(const Values&)>& map, std::size_t dimensions) {
  constexpr double e = 1e-3;
  const auto n = static_cast<int>(dimensions);
  Matrix jacobian(n);
  Values at(dimensions, 0.0);
  for (int j = 0; j < n; ++j) {
    const auto image = [&](double by) {
      at[static_cast<std::size_t>(j)] = by;
      return map(at);
    };
    const Values a = image(e), b = image(-e), c = image(2.0 * e), d = image(-2.0 * e);
    at[static_cast<std::size_t>(j)] = 0.0;
    for (int i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      jacobian(i, j) = (8.0 * (a.at(k) - b.at(k)) - (c.at(k) - d.at(k))) / (12.0 * e);
    }
  }
  std::vector<lapack_int> pivots(dimensions);
  if (LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, jacobian.a.data(), n, pivots.data()) != 0)
    throw std::runtime_error("singular Jacobian");
  double sum = 0.0;
  for (int i = 0; i < n; ++i) sum += std::log(std::abs(jacobian(i, i)));
  return sum;
}

/// Positions and whitened momenta (or directions).
struct Phase {
  Values x, u;
};

/// The flow of du/dt = -(1 - u u^T) f / (d - 1) on the unit sphere for a constant f and a time h, by the classical
/// Runge-Kutta method in 512 parts: no closed form is used.
inline Values turned(Values u, double h, const Values& f, double dimensions) {
  const auto rate = [&](const Values& v) {
    return plus(scaled(-1.0 / (dimensions - 1.0), f), dot(v, f) / (dimensions - 1.0), v);
  };
  constexpr int parts = 512;
  const double t = h / parts;
  for (int i = 0; i < parts; ++i) {
    const Values a = rate(u);
    const Values b = rate(plus(u, 0.5 * t, a));
    const Values c = rate(plus(u, 0.5 * t, b));
    const Values d = rate(plus(u, t, c));
    for (std::size_t k = 0; k < u.size(); ++k) u[k] += t / 6.0 * (a[k] + 2.0 * b[k] + 2.0 * c[k] + d[k]);
  }
  return unit(u);
}

/// `steps` leapfrog steps, each of half a kick, a move and half a kick.
inline Phase leapfrog(Rebuilt& lab, double h, std::int64_t steps, Phase z) {
  for (std::int64_t i = 0; i < steps; ++i) {
    z.u = plus(z.u, -0.5 * h, lab.gradient(z.x));
    z.x = lab.moved(z.x, h, z.u);
    z.u = plus(z.u, -0.5 * h, lab.gradient(z.x));
  }
  return z;
}

/// The same with directions of unit length that turn in place of kicks.
inline Phase isokinetic(Rebuilt& lab, double h, std::int64_t steps, Phase z, double dimensions) {
  for (std::int64_t i = 0; i < steps; ++i) {
    z.u = turned(z.u, 0.5 * h, lab.gradient(z.x), dimensions);
    z.x = lab.moved(z.x, h, z.u);
    z.u = turned(z.u, 0.5 * h, lab.gradient(z.x), dimensions);
  }
  return z;
}

}  // namespace scorefield::test
