#include "physics/inverse/operators.hpp"

#include <cmath>
#include <stdexcept>

#include "base/errors.hpp"
#include "model/field_file.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

namespace {

/// out = x, or out += x.
void add_real(const grid::Field& x, const model::DualSum::RealPart& out, const double* factor, std::int64_t period) {
  const double* values = x.data();
  double* sum = out.field.data();
  const bool fresh = out.fresh;
  Kokkos::parallel_for(
      "add real field", base::RowPolicy(0, x.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        const double term = factor != nullptr ? factor[i % period] * values[i] : values[i];
        sum[i] = fresh ? term : sum[i] + term;
      });
}

base::DiagonalView diagonal_like(const grid::Domain& domain, const std::string& label) {
  const grid::Box& box = domain.spectral_box();
  return base::DiagonalView(label, static_cast<std::size_t>(box.extent(1)), static_cast<std::size_t>(box.extent(2)),
                            static_cast<std::size_t>(domain.lattice().n()[0]));
}

}  // namespace

deck::Schema<IdentityOptions> Identity::schema() {
  return deck::Schema<Options>("identity", "The data are the field itself.").example("identity");
}

Identity::Identity(const Options& /*options*/, const model::BuildContext& /*context*/) {}

void Identity::apply(model::DualField& x, model::DualField& out) { out.set_real().copy_from(x.real()); }

void Identity::add_adjoint(model::DualField& y, model::DualSum& out) {
  const grid::Field& values = y.real();
  add_real(values, out.real_part(), nullptr, 1);
}

void fill_inside(const grid::Domain& domain, double border, const grid::Field& mask) {
  const grid::Index3 n = domain.lattice().n();
  const grid::Box& box = domain.real_box();
  const auto inside = [&](int axis, std::int64_t i) {
    const double at = (static_cast<double>(i) + 0.5) / static_cast<double>(n[axis]);
    return n[axis] == 1 || std::abs(at - 0.5) <= 0.5 * (1.0 - border);
  };
  const auto host = Kokkos::create_mirror_view(mask.view());
  double* m = host.data();
  for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z) {
    for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y) {
      for (std::int64_t x = 0; x < n[2]; ++x) *m++ = inside(0, z) && inside(1, y) && inside(2, x) ? 1.0 : 0.0;
    }
  }
  Kokkos::deep_copy(mask.view(), host);
}

deck::Schema<MaskOptions> Mask::schema() {
  return deck::Schema<Options>("mask", "Blanks cells without data: multiplies by a mask (1 = observed, 0 = not).")
      .example("{type: mask, border: 0.2}")
      .option("file", &Options::file, {.doc = "HDF5 file of the mask", .must_exist = true})
      .option("dataset", &Options::dataset, {.doc = "data set in the file"})
      .option(
          "border", &Options::border,
          {.unit = "1",
           .doc =
               "instead of a file: blank this fraction of each axis, half of it on either side (for mocks and tests)",
           .min = 0.0,
           .below = 1.0,
           .auto_doc = "no border; a file is given"})
      .check([](const Options& o, const auto& report) {
        if (o.file.empty() == !o.border.has_value()) report("file", "give either 'file' or 'border'");
      });
}

Mask::Mask(const Options& options, const model::BuildContext& context)
    : domain_(&context.domain), mask_(context.domain, "mask") {
  if (options.border) {
    fill_inside(*domain_, *options.border, mask_);
  } else {
    model::read_field(*domain_, options.file.path(), {options.dataset}, mask_);
  }
  const double sites = static_cast<double>(domain_->lattice().sites());
  const double squares = reduce::dot(*domain_, mask_, mask_).value();
  const reduce::Range range = reduce::range(*domain_, mask_);
  mean_square_ = squares / sites;
  // sum m (1 - m) = 0 with all m in [0, 1] leaves nothing but zeros and ones.
  is_binary_ = range.min >= 0.0 && range.max <= 1.0 && reduce::sum(*domain_, mask_).value() == squares;
  if (!(range.min >= 0.0) || !std::isfinite(range.max) || !std::isfinite(squares)) {
    throw base::FileError("the mask '" + options.dataset + "' has negative or non-finite values");
  }
}

void Mask::apply(model::DualField& x, model::DualField& out) {
  const grid::Field& values = x.real();
  add_real(values, {out.set_real(), true}, mask_.data(), mask_.box().empty() ? 1 : mask_.size());
}

void Mask::add_adjoint(model::DualField& y, model::DualSum& out) {
  const grid::Field& values = y.real();
  add_real(values, out.real_part(), mask_.data(), mask_.box().empty() ? 1 : mask_.size());
}

std::vector<base::DiagonalView> Mask::gains(const std::vector<base::DiagonalView>& in) const {
  std::vector<base::DiagonalView> out;
  const double scale = mean_square_;
  for (const auto& gain : in) {
    out.push_back(diagonal_like(*domain_, "gain"));
    const double* from = gain.data();
    double* to = out.back().data();
    Kokkos::parallel_for(
        "mask gain", base::RowPolicy(0, static_cast<std::int64_t>(gain.span())),
        KOKKOS_LAMBDA(const std::int64_t i) { to[i] = scale * from[i]; });
  }
  return out;
}

bool Mask::absorb_into_weights(const grid::Field& weights) const {
  if (!is_binary_) return false;
  const double* mask = mask_.data();
  const std::int64_t period = mask_.box().empty() ? 1 : mask_.size();
  double* weight = weights.data();
  Kokkos::parallel_for(
      "mask weights", base::RowPolicy(0, weights.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        if (mask[i % period] == 0.0) weight[i] = 0.0;
      });
  return true;
}

deck::Schema<LensingShearOptions> LensingShear::schema() {
  return deck::Schema<Options>(
             "lensing_shear",
             "Weak-lensing shear (gamma1, gamma2) of a convergence map on a flat, periodic sky; 2-D only.")
      .reference("Kaiser & Squires 1993")
      .example("lensing_shear");
}

LensingShear::LensingShear(const Options& /*options*/, const model::BuildContext& context)
    : domain_(&context.domain),
      factor1_(diagonal_like(context.domain, "shear 1")),
      factor2_(diagonal_like(context.domain, "shear 2")) {
  const grid::Lattice& lattice = domain_->lattice();
  if (lattice.dimensions() != 2) {
    throw base::DeckError("the operator lensing_shear acts on 2-D fields; domain.shape has " +
                          std::to_string(lattice.dimensions()) + " entries");
  }
  const grid::Box& box = domain_->spectral_box();
  const std::int64_t n = lattice.n()[0];
  const auto first = Kokkos::create_mirror_view(factor1_);
  const auto second = Kokkos::create_mirror_view(factor2_);
  for (std::int64_t row = 0; row < box.extent(1) * box.extent(2); ++row) {
    const std::int64_t ix = grid::spectral_row(box, row).kx;
    const double lx = lattice.wavenumber(2, ix);
    for (std::int64_t iy = 0; iy < n; ++iy) {
      const double ly = lattice.wavenumber(0, iy);
      const double l2 = lx * lx + ly * ly;
      const bool is_nyquist = lattice.is_nyquist(2, ix) || lattice.is_nyquist(0, iy);
      first.data()[row * n + iy] = l2 > 0.0 ? (lx * lx - ly * ly) / l2 : 0.0;
      second.data()[row * n + iy] = l2 > 0.0 && !is_nyquist ? 2.0 * lx * ly / l2 : 0.0;
    }
  }
  Kokkos::deep_copy(factor1_, first);
  Kokkos::deep_copy(factor2_, second);
}

int LensingShear::components(int in) const {
  if (in != 1) throw std::invalid_argument("lensing_shear acts on a field of one component");
  return 2;
}

void LensingShear::apply(model::DualField& x, model::DualField& out) {
  const grid::SpectralField& kappa = x.fourier();
  const grid::SpectralField& gamma = out.set_fourier();
  const base::Complex* in = kappa.data();
  base::Complex* out1 = gamma.component(0);
  base::Complex* out2 = gamma.component(1);
  const double* d1 = factor1_.data();
  const double* d2 = factor2_.data();
  Kokkos::parallel_for(
      "shear", base::RowPolicy(0, kappa.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        out1[i] = base::Complex(d1[i] * in[i].real(), d1[i] * in[i].imag());
        out2[i] = base::Complex(d2[i] * in[i].real(), d2[i] * in[i].imag());
      });
}

void LensingShear::add_adjoint(model::DualField& y, model::DualSum& out) {
  const grid::SpectralField& gamma = y.fourier();
  const auto part = out.fourier_part();
  const bool fresh = part.fresh;
  const base::Complex* in1 = gamma.component(0);
  const base::Complex* in2 = gamma.component(1);
  base::Complex* sum = part.field.data();
  const double* d1 = factor1_.data();
  const double* d2 = factor2_.data();
  Kokkos::parallel_for(
      "shear adjoint", base::RowPolicy(0, part.field.size()), KOKKOS_LAMBDA(const std::int64_t i) {
        const base::Complex term(d1[i] * in1[i].real() + d2[i] * in2[i].real(),
                                 d1[i] * in1[i].imag() + d2[i] * in2[i].imag());
        sum[i] = fresh ? term : sum[i] + term;
      });
}

std::vector<base::DiagonalView> LensingShear::gains(const std::vector<base::DiagonalView>& in) const {
  std::vector<base::DiagonalView> out{diagonal_like(*domain_, "gain 1"), diagonal_like(*domain_, "gain 2")};
  const double* from = in.at(0).data();
  const double* factors[] = {factor1_.data(), factor2_.data()};
  for (int c = 0; c < 2; ++c) {
    const double* d = factors[c];
    double* to = out[static_cast<std::size_t>(c)].data();
    Kokkos::parallel_for(
        "shear gain", base::RowPolicy(0, static_cast<std::int64_t>(in[0].span())),
        KOKKOS_LAMBDA(const std::int64_t i) { to[i] = d[i] * d[i] * from[i]; });
  }
  return out;
}

}  // namespace scorefield::physics
