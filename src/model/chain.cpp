#include "model/chain.hpp"

namespace scorefield::model {

namespace {
std::uint64_t u(std::int64_t i) { return static_cast<std::uint64_t>(i); }
}  // namespace

void visit_spectrum(io::Archive& archive, const std::string& name, const grid::Domain& domain,
                    const grid::SpectralField& field) {
  const grid::Box& box = field.box();
  const auto n = domain.lattice().n();
  const auto components = static_cast<std::uint64_t>(field.components());
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), field.view());
  archive.field(name, {.global_shape = {components, u(n[1]), u(domain.lattice().half()), u(n[0]), 2},
                       .offset = {0, u(box.lo[1]), u(box.lo[2]), 0, 0},
                       .count = {box.empty() ? 0 : components, u(box.extent(1)), u(box.extent(2)), u(n[0]), 2},
                       .data = reinterpret_cast<double*>(host.data()),
                       .owner = std::make_shared<decltype(host)>(host)});
  if (archive.loading()) Kokkos::deep_copy(field.view(), host);
}

void visit_field(io::Archive& archive, const std::string& name, const grid::Domain& domain, const grid::Field& field) {
  const grid::Box& box = field.box();
  const auto n = domain.lattice().n();
  const auto components = static_cast<std::uint64_t>(field.components());
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), field.view());
  archive.field(name, {.global_shape = {components, u(n[0]), u(n[1]), u(n[2])},
                       .offset = {0, u(box.lo[0]), u(box.lo[1]), 0},
                       .count = {box.empty() ? 0 : components, u(box.extent(0)), u(box.extent(1)), u(n[2])},
                       .data = host.data(),
                       .owner = std::make_shared<decltype(host)>(host)});
  if (archive.loading()) Kokkos::deep_copy(field.view(), host);
}

void visit_vector(io::Archive& archive, const std::string& name, const grid::Domain& domain, const Vector& vector) {
  if (vector.space() == Space::real) {
    visit_field(archive, name, domain, vector.real());
  } else {
    visit_spectrum(archive, name, domain, vector.fourier());
  }
}

io::FieldSlab slab_of(const grid::Domain& domain, Space space) {
  const grid::Lattice& lattice = domain.lattice();
  const grid::Box& box = space == Space::real ? domain.real_box() : domain.spectral_box();
  // In the order of memory.
  const grid::Index3 axes = space == Space::real ? grid::Index3{0, 1, 2} : grid::Index3{1, 2, 0};
  io::FieldSlab slab;
  for (const auto axis : axes) {
    const std::int64_t extent = space == Space::fourier && axis == 2 ? lattice.half() : lattice.n()[axis];
    slab.global_shape.push_back(u(extent));
    slab.offset.push_back(u(box.lo[axis]));
    slab.count.push_back(u(box.extent(static_cast<int>(axis))));
  }
  return slab;
}

void visit_diagonal(io::Archive& archive, const std::string& name, const grid::Domain& domain, Space space,
                    const base::LineView& values) {
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), values);
  io::FieldSlab slab = slab_of(domain, space);
  slab.data = host.data();
  slab.owner = std::make_shared<decltype(host)>(host);
  archive.field(name, slab);
  if (archive.loading()) Kokkos::deep_copy(values, host);
}

void Chain::visit(io::Archive& archive) {
  archive.scalar("step", step);
  archive.scalar("acceptance", acceptance);
  archive.scalar("acceptance_sum", acceptance_sum);
  archive.scalar("steps_since_draw", steps_since_draw);
  archive.scalar("gradients", gradients);
  archive.scalar("warmup_gradients", warmup_gradients);
  bfmi.visit(archive);
  archive.scalar("divergences", divergences);
  if (coupling) coupling->visit(archive);
  visit_state(archive);
}

void Chain::visit_state(io::Archive& archive) {
  // In the space of the state alone: a transform and back would not give the same bits.
  if (space == Space::real) {
    visit_field(archive, "x", x.domain(), archive.loading() ? x.set_real() : x.real());
  } else {
    visit_spectrum(archive, "x_modes", x.domain(), archive.loading() ? x.set_fourier() : x.fourier());
  }
}

}  // namespace scorefield::model
