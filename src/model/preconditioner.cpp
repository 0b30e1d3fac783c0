#include "model/preconditioner.hpp"

#include <cmath>

#include "base/errors.hpp"
#include "noise/normals.hpp"
#include "reduce/rows.hpp"
#include "reduce/shells.hpp"

namespace scorefield::model {

namespace {

base::DiagonalView mean_precision(const grid::Domain& domain, const LinearGaussian& quadratic) {
  const grid::Box& box = domain.spectral_box();
  base::DiagonalView precision("preconditioner", static_cast<std::size_t>(box.extent(1)),
                               static_cast<std::size_t>(box.extent(2)),
                               static_cast<std::size_t>(domain.lattice().n()[0]));
  quadratic.add_mean_precision(precision);
  return precision;
}

base::DiagonalView mean_variance(const grid::Domain& domain, const LinearGaussian& quadratic) {
  base::DiagonalView diagonal = mean_precision(domain, quadratic);
  double* m = diagonal.data();
  Kokkos::parallel_for(
      "preconditioner", base::RowPolicy(0, static_cast<std::int64_t>(diagonal.span())),
      KOKKOS_LAMBDA(const std::int64_t i) { m[i] = 1.0 / m[i]; });
  return diagonal;
}

/// y += a root v on a row of n elements of `width` doubles; without roots M = 1.
template <int width>
KOKKOS_INLINE_FUNCTION void add_row(std::int64_t n, double a, const double* root, const double* v, double* y) {
  if (root == nullptr) {
    for (std::int64_t i = 0; i < width * n; ++i) y[i] += a * v[i];
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) {
    const double scale = a * root[i];
    for (int w = 0; w < width; ++w) y[width * i + w] += scale * v[width * i + w];
  }
}

template <int width>
void add_rows(std::int64_t rows, std::int64_t rows_of_component, std::int64_t n, double a, const double* root,
              const double* v, double* y) {
  Kokkos::parallel_for(
      "add preconditioned", base::RowPolicy(0, rows), KOKKOS_LAMBDA(const std::int64_t row) {
        const std::int64_t first = row * n * width;
        add_row<width>(n, a, root == nullptr ? nullptr : root + row % rows_of_component * n, v + first, y + first);
      });
}

/// y = x - h M g + sqrt(2 h) M^(1/2) z.
template <int width>
void langevin_row(std::int64_t n, double h, const double* root, const double* x, const double* g, const double* z,
                  double* y) {
  const double noise = std::sqrt(2.0 * h);
  if (root == nullptr) {
    for (std::int64_t i = 0; i < width * n; ++i) y[i] = x[i] - h * g[i] + noise * z[i];
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) {
    const double drift = h * root[i] * root[i];
    const double scale = noise * root[i];
    for (std::int64_t j = width * i; j < width * (i + 1); ++j) y[j] = x[j] - drift * g[j] + scale * z[j];
  }
}

/// a . b of one element.
template <int width>
KOKKOS_INLINE_FUNCTION double product(const double* a, const double* b) {
  return width == 1 ? a[0] * b[0] : a[0] * b[0] + a[1] * b[1];
}

struct DotRow {
  const double *a, *b;
  int roots;
  template <int width>
  KOKKOS_INLINE_FUNCTION double value(std::int64_t first, std::int64_t n, const double* root) const {
    const double* x = a + first;
    const double* y = b + first;
    if (root != nullptr && roots == 1) {
      return reduce::row_sum(n, [=](std::int64_t i) { return root[i] * product<width>(x + width * i, y + width * i); });
    }
    if (root != nullptr && roots == 2) {
      return reduce::row_sum(
          n, [=](std::int64_t i) { return root[i] * root[i] * product<width>(x + width * i, y + width * i); });
    }
    return reduce::row_sum(n, [=](std::int64_t i) { return product<width>(x + width * i, y + width * i); });
  }
};

/// With y - x = -h M gx + sqrt(2 h) M^(1/2) xi, the norms of forward and reverse noise differ by
/// 1/2 (gx + gy).(y - x) + h/4 (|gx|^2_M - |gy|^2_M): no division by M or h, no noise kept.
struct ProposalRatioRow {
  const double *x, *y, *gx, *gy;
  double quarter_h;
  template <int width>
  KOKKOS_INLINE_FUNCTION double value(std::int64_t first, std::int64_t n, const double* root) const {
    const double* x0 = x + first;
    const double* y0 = y + first;
    const double* a = gx + first;
    const double* b = gy + first;
    const double quarter = quarter_h;
    const auto term = [=](std::int64_t i, double m) {
      const std::int64_t j = width * i;
      double work = (a[j] + b[j]) * (y0[j] - x0[j]);
      if constexpr (width == 2) work += (a[j + 1] + b[j + 1]) * (y0[j + 1] - x0[j + 1]);
      return 0.5 * work + quarter * m * (product<width>(a + j, a + j) - product<width>(b + j, b + j));
    };
    if (root == nullptr) return reduce::row_sum(n, [=](std::int64_t i) { return term(i, 1.0); });
    return reduce::row_sum(n, [=](std::int64_t i) { return term(i, root[i] * root[i]); });
  }
};

}  // namespace

base::DiagonalView fourier_preconditioner(const grid::Domain& domain, Target& target) {
  const LinearGaussian* quadratic = target.linear_gaussian();
  if (quadratic == nullptr) {
    throw base::DeckError(
        "sampler.preconditioner 'fourier' or 'fourier_wide' needs a target whose energy is a quadratic form "
        "(gaussian_field, or a "
        "posterior of one with linear likelihoods)",
        target.prior_gaussian() != nullptr ? "use 'preconditioner: prior'" : "use 'preconditioner: fourier_adapted'");
  }
  return mean_variance(domain, *quadratic);
}

namespace {

const LinearGaussian* quadratic_part(Target& target) {
  return target.linear_gaussian() != nullptr ? target.linear_gaussian() : target.prior_gaussian();
}

base::LineView root_of(const base::DiagonalView& m) {
  base::LineView root("root of the preconditioner", m.span());
  const double* values = m.data();
  Kokkos::parallel_for(
      "root of the preconditioner", base::RowPolicy(0, static_cast<std::int64_t>(m.span())),
      KOKKOS_LAMBDA(const std::int64_t i) { root(i) = std::sqrt(values[i]); });
  return root;
}

}  // namespace

Preconditioner Preconditioner::unit(const grid::Domain& domain, Target& target, Space space) {
  const LinearGaussian* quadratic = quadratic_part(target);
  if (space == Space::real && quadratic == nullptr) return {domain, target.components(), space, {}};
  const grid::Box& box = domain.spectral_box();
  const base::LineView root("root of the preconditioner",
                            static_cast<std::size_t>(box.extent(1) * box.extent(2) * domain.lattice().n()[0]));
  Kokkos::deep_copy(root, 1.0);
  std::int64_t held = 0;
  if (quadratic != nullptr) {
    const base::DiagonalView precision = mean_precision(domain, *quadratic);
    for (std::size_t i = 0; i < root.span(); ++i) {
      if (std::isfinite(precision.data()[i])) continue;
      root.data()[i] = 0.0;
      ++held;
    }
  }
  if (space == Space::fourier) return {domain, target.components(), space, root};
  if (domain.comm().sum(held) > 0) {
    throw base::DeckError(
        "sampler.preconditioner 'diagonal' cannot be: the prior holds modes at zero (a spectrum without power there, "
        "or "
        "a lognormal one that asks for less than none), and cells know nothing of modes",
        "use 'preconditioner: fourier_adapted', or a spectrum with power at all k");
  }
  return {domain, target.components(), space, {}};
}

Preconditioner Preconditioner::of_power(const grid::Domain& domain, Target& target,
                                        const std::function<double(double)>& power) {
  Preconditioner made = unit(domain, target, Space::fourier);
  const double cell_volume = domain.lattice().cell_volume();
  double* root = made.root_.data();
  for (const double k : reduce::wavenumbers(domain)) {
    const double value = power(k);
    if (*root > 0.0) *root = value > 0.0 ? std::sqrt(value / cell_volume) : 1.0;
    ++root;
  }
  return made;
}

Preconditioner Preconditioner::of(const grid::Domain& domain, Target& target, const std::optional<std::string>& kind) {
  const LinearGaussian* quadratic = quadratic_part(target);
  // Also without preconditioning: modes that the prior holds at zero are known in Fourier space alone.
  if (kind ? *kind == "none" : quadratic == nullptr) {
    return unit(domain, target, quadratic == nullptr ? Space::real : Space::fourier);
  }
  const LinearGaussian* prior = target.prior_gaussian();
  if (kind ? *kind == "prior" : target.linear_gaussian() == nullptr) {
    if (prior == nullptr) {
      throw base::DeckError("sampler.preconditioner 'prior' needs a posterior whose prior has a quadratic form",
                            "use 'preconditioner: none' or 'fourier_adapted'");
    }
    return {domain, target.components(), Space::fourier, root_of(mean_variance(domain, *prior))};
  }
  const base::DiagonalView m = fourier_preconditioner(domain, target);
  if (kind == "fourier_wide") {
    const base::DiagonalView of_prior = mean_precision(domain, *prior);
    for (std::size_t i = 0; i < m.span(); ++i) m.data()[i] = std::sqrt(m.data()[i] / of_prior.data()[i]);
  }
  return {domain, target.components(), Space::fourier, root_of(m)};
}

std::int64_t Preconditioner::rows_of_component() const {
  const grid::Box own = box();
  if (own.empty()) return 0;
  return own.size() / row_length();
}

template <class Action>
void Preconditioner::for_white_rows(const noise::Stream& stream, const Action& action) const {
  const grid::Lattice& lattice = domain_->lattice();
  const grid::Box own = box();
  const std::int64_t n = row_length();
  const std::int64_t rows = rows_of_component();
  const auto root_of = [&](std::int64_t r) { return root_.span() > 0 ? root_.data() + r * n : nullptr; };
  if (space_ == Space::real) {
    std::vector<double> z(static_cast<std::size_t>(n));
    noise::WhiteRows white(lattice, stream);
    for (int c = 0; c < components_; ++c) {
      for (std::int64_t r = 0; r < rows; ++r) {
        white.row(c, own.lo[0] + r / own.extent(1), own.lo[1] + r % own.extent(1), z.data());
        action(c * rows + r, root_of(r), z.data());
      }
    }
    return;
  }
  const double scale = std::sqrt(static_cast<double>(lattice.sites()));
  std::vector<base::Complex> modes(static_cast<std::size_t>(n));
  auto* z = reinterpret_cast<double*>(modes.data());
  for (int c = 0; c < components_; ++c) {
    noise::WhiteModes white(lattice, stream, c);
    for (std::int64_t r = 0; r < rows; ++r) {
      white.row(grid::spectral_row(own, r), modes.data());
      for (std::int64_t i = 0; i < 2 * n; ++i) z[i] *= scale;
      action(c * rows + r, root_of(r), z);
    }
  }
}

void Preconditioner::refresh(double keep, double scale, const noise::Stream& stream, double* u) const {
  const int width = space_ == Space::real ? 1 : 2;
  const std::int64_t n = row_length();
  for_white_rows(stream, [&](std::int64_t row, const double* root, const double* z) {
    double* to = u + row * n * width;
    for (std::int64_t i = 0; i < n * width; ++i) {
      const bool is_free = root == nullptr || root[i / width] > 0.0;
      to[i] = is_free ? (keep == 0.0 ? scale * z[i] : keep * to[i] + scale * z[i]) : 0.0;
    }
  });
}

void Preconditioner::white(const noise::Stream& stream, double* u) const { refresh(0.0, 1.0, stream, u); }

void Preconditioner::langevin(double h, const double* x, const double* g, const noise::Stream& stream,
                              double* y) const {
  const std::int64_t n = row_length();
  const auto line = space_ == Space::real ? langevin_row<1> : langevin_row<2>;
  for_white_rows(stream, [&](std::int64_t row, const double* root, const double* z) {
    const std::int64_t first = row * n * (space_ == Space::real ? 1 : 2);
    line(n, h, root, x + first, g + first, z, y + first);
  });
}

std::int64_t Preconditioner::size() const {
  return components_ * rows_of_component() * row_length() * (space_ == Space::real ? 1 : 2);
}

void Preconditioner::add(double a, const double* v, double* y) const {
  Kokkos::parallel_for(
      "add", base::RowPolicy(0, size()), KOKKOS_LAMBDA(const std::int64_t i) { y[i] += a * v[i]; });
}

void Preconditioner::add_root(double a, const double* v, double* y) const {
  const double* root = root_.span() > 0 ? root_.data() : nullptr;
  const std::int64_t rows = rows_of_component();
  const auto add = space_ == Space::real ? add_rows<1> : add_rows<2>;
  add(components_ * rows, rows, row_length(), a, root, v, y);
}

void Preconditioner::scale(double a, double* u) const {
  Kokkos::parallel_for(
      "scale", base::RowPolicy(0, size()), KOKKOS_LAMBDA(const std::int64_t i) { u[i] *= a; });
}

template <class RowValue>
reduce::ExactSum Preconditioner::sum_rows(const char* label, const RowValue& row_value) const {
  const std::int64_t n = row_length();
  const std::int64_t rows = rows_of_component();
  const double* roots = root_.span() > 0 ? root_.data() : nullptr;
  reduce::ExactSum sum;
  if (space_ == Space::real) {
    sum = reduce::sum_of_rows(
        label, components_ * rows, KOKKOS_LAMBDA(const std::int64_t row) {
          return row_value.template value<1>(row * n, n, roots == nullptr ? nullptr : roots + row % rows * n);
        });
  } else {
    const grid::Box own = box();
    const std::int64_t nx = domain_->lattice().n()[2];
    const double per_site = 1.0 / static_cast<double>(domain_->lattice().sites());
    sum = reduce::sum_of_rows(
        label, components_ * rows, KOKKOS_LAMBDA(const std::int64_t row) {
          const double weight = reduce::mode_weight(own.lo[2] + row % own.extent(2), nx) * per_site;
          return weight * row_value.template value<2>(2 * row * n, n, roots + row % rows * n);
        });
  }
  sum.all_reduce(domain_->comm());
  return sum;
}

reduce::ExactSum Preconditioner::dot(const double* a, const double* b, int roots) const {
  return sum_rows("dot product", DotRow{a, b, roots});
}

reduce::ExactSum Preconditioner::proposal_ratio(double h, const double* x, const double* y, const double* gx,
                                                const double* gy) const {
  return sum_rows("proposal ratio", ProposalRatioRow{x, y, gx, gy, 0.25 * h});
}

}  // namespace scorefield::model
