#include "grid/field.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <memory>

namespace scorefield::grid {

namespace {

/// Asks for huge pages: strided passes of the FFT touch a page a line and wait for the page table otherwise (10 % of a
/// 128^3 transform). A hint only; a failure changes nothing.
void advise_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_HUGEPAGE
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (std::align(page, page, memory, bytes) != nullptr) ::madvise(memory, bytes / page * page, MADV_HUGEPAGE);
#endif
}

template <class View, class... Extents>
View make_view(const std::string& label, Extents... extents) {
  View view(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), static_cast<std::size_t>(extents)...);
  advise_huge_pages(view.data(), view.span() * sizeof(typename View::value_type));
  Kokkos::deep_copy(view, typename View::value_type(0.0));
  return view;
}

}  // namespace

Field::Field(const Domain& domain, const std::string& label, int components, int halo) : box_(domain.real_box()) {
  // The row length is the lattice's on every rank, also where the box is empty.
  const Index3 n = domain.lattice().n();
  for (int axis = 0; axis < 3; ++axis) halo_[axis] = n[axis] > 1 ? halo : 0;
  view_ = make_view<base::RealView>(label, components, box_.extent(0) + 2 * halo_[0], box_.extent(1) + 2 * halo_[1],
                                    n[2] + 2 * halo_[2]);
}

SpectralField::SpectralField(const Domain& domain, const std::string& label, int components)
    : box_(domain.spectral_box()) {
  view_ = make_view<base::ComplexView>(label, components, box_.extent(1), box_.extent(2), domain.lattice().n()[0]);
}

void forward(const Domain& domain, const Field& real, const SpectralField& spectrum) {
  const auto in = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), real.view());
  const auto out = Kokkos::create_mirror_view(spectrum.view());  // the same memory where the host can reach it
  const std::int64_t real_size = real.box().size();
  const std::int64_t spectral_size = spectrum.box().size();
  for (int c = 0; c < real.components(); ++c) {
    domain.fft().forward(in.data() + c * real_size,
                         reinterpret_cast<std::complex<double>*>(out.data() + c * spectral_size));
  }
  Kokkos::deep_copy(spectrum.view(), out);
}

void backward(const Domain& domain, const SpectralField& spectrum, const Field& real) {
  const auto in = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), spectrum.view());
  const auto out = Kokkos::create_mirror_view(real.view());
  const std::int64_t real_size = real.box().size();
  const std::int64_t spectral_size = spectrum.box().size();
  for (int c = 0; c < real.components(); ++c) {
    domain.fft().backward(reinterpret_cast<const std::complex<double>*>(in.data() + c * spectral_size),
                          out.data() + c * real_size);
  }
  Kokkos::deep_copy(real.view(), out);
}

}  // namespace scorefield::grid
