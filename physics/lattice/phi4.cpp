#include "physics/lattice/phi4.hpp"

#include "noise/normals.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

namespace {

/// A row with its neighbour rows before and after along z and y. Along the dummy axes of 1-D and 2-D these are the row
/// itself, whose differences vanish.
struct Neighbourhood {
  const double *row, *y_before, *y_after, *z_before, *z_after;
};

/// Terms of S whose bonds start in cell i; `right` is the next cell along x.
KOKKOS_INLINE_FUNCTION double energy_term(const Phi4::Action& s, const Neighbourhood& at, std::int64_t i,
                                          double right) {
  const double x = at.row[i];
  const double dx = right - x;
  const double dy = at.y_after[i] - x;
  const double dz = at.z_after[i] - x;
  const double square = x * x;
  return 0.5 * s.kinetic * ((dx * dx + dy * dy) + dz * dz) + square * (0.5 * s.quadratic + s.quartic * square);
}

KOKKOS_INLINE_FUNCTION double force_term(const Phi4::Action& s, const Neighbourhood& at, std::int64_t i, double left,
                                         double right) {
  const double x = at.row[i];
  const double neighbours = (left + right) + ((at.y_before[i] + at.y_after[i]) + (at.z_before[i] + at.z_after[i]));
  return s.kinetic * (6.0 * x - neighbours) + x * (s.quadratic + 4.0 * s.quartic * (x * x));
}

KOKKOS_INLINE_FUNCTION double row_energy(const Phi4::Action& s, const Neighbourhood& at, std::int64_t n) {
  const double inner = reduce::row_sum(n - 1, [&](std::int64_t i) { return energy_term(s, at, i, at.row[i + 1]); });
  return inner + energy_term(s, at, n - 1, at.row[0]);
}

KOKKOS_INLINE_FUNCTION void add_row_force(const Phi4::Action& s, const Neighbourhood& at, std::int64_t n, bool fresh,
                                          double* force) {
  const auto add = [&](std::int64_t i, std::int64_t left, std::int64_t right) {
    const double term = force_term(s, at, i, at.row[left], at.row[right]);
    force[i] = fresh ? term : force[i] + term;
  };
  add(0, n - 1, n > 1 ? 1 : 0);
  for (std::int64_t i = 1; i < n - 1; ++i) add(i, i - 1, i + 1);
  if (n > 1) add(n - 1, n - 2, 0);
}

}  // namespace

deck::Schema<Phi4Options> Phi4::schema() {
  return deck::Schema<Options>(
             "phi4",
             "Scalar phi^4 theory on a periodic lattice, S = sum 1/2 (d phi)^2 + m2/2 phi^2 + coupling "
             "phi^4 in lattice units (1-D to 3-D).")
      .reference("Montvay & Muenster 1994")
      .example("{type: phi4, mass_squared: -1.0, coupling: 0.5}")
      .option("convention", &Options::convention,
              {.doc = "how S is written: standard (coupling phi^4), quarter (coupling/4 phi^4), factorial (coupling/24 "
                      "phi^4), flow ((d phi)^2 + mass_squared phi^2 + coupling phi^4, of the normalising-flow papers), "
                      "hopping (-2 hopping sum phi phi' + phi^2 + coupling (phi^2 - 1)^2)",
               .choices = {"standard", "quarter", "factorial", "flow", "hopping"}})
      .option("mass_squared", &Options::mass_squared,
              {.unit = "1", .doc = "m2; may be negative", .auto_doc = "hopping is given"})
      .option("hopping", &Options::hopping,
              {.unit = "1",
               .doc = "hopping parameter, with convention hopping",
               .above = 0.0,
               .auto_doc = "mass_squared is given"})
      .option("coupling", &Options::coupling, {.unit = "1", .doc = "coupling; 0 is the free field", .min = 0.0})
      .check([](const Options& o, const auto& report) {
        const bool is_hopping = o.convention == "hopping";
        if (is_hopping && (!o.hopping || o.mass_squared)) report("hopping", "convention hopping needs 'hopping' alone");
        if (!is_hopping && (o.hopping || !o.mass_squared)) {
          report("mass_squared", "convention " + o.convention + " needs 'mass_squared' alone");
        }
        if (!is_hopping && o.mass_squared && *o.mass_squared <= 0.0 && o.coupling == 0.0) {
          report("coupling", "S has no lower bound: mass_squared <= 0 needs a coupling above 0");
        }
      });
}

Phi4::Action Phi4::action_of(const Options& options, int dimensions) {
  const double coupling = options.coupling;
  if (options.convention == "hopping") {
    const double hopping = *options.hopping;
    return {2.0 * hopping, 2.0 * (1.0 - 2.0 * coupling) - 4.0 * dimensions * hopping, coupling};
  }
  const double mass_squared = *options.mass_squared;
  if (options.convention == "flow") return {2.0, 2.0 * mass_squared, coupling};
  const double divisor = options.convention == "quarter" ? 4.0 : options.convention == "factorial" ? 24.0 : 1.0;
  return {1.0, mass_squared, coupling / divisor};
}

Phi4::Phi4(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain),
      action_(action_of(options, context.domain.lattice().dimensions())),
      ghosts_(context.domain, 1, 1) {}

double Phi4::degrees_of_freedom() const { return static_cast<double>(domain_->lattice().sites()); }

void Phi4::draw_prior(const noise::Stream& stream, model::DualField& x) {
  noise::fill_white(*domain_, stream, x.set_real());
}

reduce::ExactSum Phi4::evaluate(model::DualField& x, model::DualSum* gradient) {
  const grid::Field& field = x.real();
  const grid::GhostRows::Rows rows = ghosts_.exchange(field);
  double* force = nullptr;
  bool fresh = true;
  if (gradient != nullptr) {
    const auto part = gradient->real_part();
    force = part.field.data();
    fresh = part.fresh;
  }
  const Action action = action_;
  const std::int64_t n = field.row_length();
  const grid::Index3 lattice = domain_->lattice().n();
  const std::int64_t dz = lattice[0] > 1 ? 1 : 0;
  const std::int64_t dy = lattice[1] > 1 ? 1 : 0;
  const std::int64_t ny = std::max<std::int64_t>(1, field.box().extent(1));
  reduce::ExactSum energy = reduce::sum_of_rows(
      "phi4", field.rows(), KOKKOS_LAMBDA(const std::int64_t row) {
        const std::int64_t z = row / ny;
        const std::int64_t y = row % ny;
        const Neighbourhood at{rows(0, z, y), rows(0, z, y - dy), rows(0, z, y + dy), rows(0, z - dz, y),
                               rows(0, z + dz, y)};
        if (force != nullptr) add_row_force(action, at, n, fresh, force + row * n);
        return row_energy(action, at, n);
      });
  energy.all_reduce(domain_->comm());
  return energy;
}

namespace {

/// Row (z, y) of a patch with its neighbours, as for whole rows; its cells -1 and n lie in the padding.
Neighbourhood patch_row(const model::Patch& patch, const double* x, std::int64_t z, std::int64_t y) {
  return {patch.row(x, z, y), patch.row(x, z, y - patch.pad[1]), patch.row(x, z, y + patch.pad[1]),
          patch.row(x, z - patch.pad[0], y), patch.row(x, z + patch.pad[0], y)};
}

double bond(double a, double b) { return (a - b) * (a - b); }

}  // namespace

double Phi4::energy_change(const model::Patch& patch, const double* x, const double* y) const {
  const Action s = action_;
  const std::int64_t n = patch.extent[2];
  double change = 0.0;
  for (std::int64_t iz = 0; iz < patch.extent[0]; ++iz) {
    for (std::int64_t iy = 0; iy < patch.extent[1]; ++iy) {
      const Neighbourhood old = patch_row(patch, x, iz, iy);
      const Neighbourhood now = patch_row(patch, y, iz, iy);
      change += reduce::row_sum(n, [&](std::int64_t i) {
        return energy_term(s, now, i, now.row[i + 1]) - energy_term(s, old, i, old.row[i + 1]);
      });
      // Bonds that end in the box and start before it.
      double border = bond(now.row[0], now.row[-1]) - bond(old.row[0], old.row[-1]);
      if (iy == 0 && patch.pad[1] > 0) {
        border += reduce::row_sum(
            n, [&](std::int64_t i) { return bond(now.row[i], now.y_before[i]) - bond(old.row[i], old.y_before[i]); });
      }
      if (iz == 0 && patch.pad[0] > 0) {
        border += reduce::row_sum(
            n, [&](std::int64_t i) { return bond(now.row[i], now.z_before[i]) - bond(old.row[i], old.z_before[i]); });
      }
      change += 0.5 * s.kinetic * border;
    }
  }
  return change;
}

void Phi4::gradient(const model::Patch& patch, const double* x, double* out) const {
  const std::int64_t n = patch.extent[2];
  for (std::int64_t iz = 0; iz < patch.extent[0]; ++iz) {
    for (std::int64_t iy = 0; iy < patch.extent[1]; ++iy, out += n) {
      const Neighbourhood at = patch_row(patch, x, iz, iy);
      for (std::int64_t i = 0; i < n; ++i) out[i] = force_term(action_, at, i, at.row[i - 1], at.row[i + 1]);
    }
  }
}

}  // namespace scorefield::physics
