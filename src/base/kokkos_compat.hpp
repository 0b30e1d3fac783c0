#pragma once
/// Kokkos types of the project and the only place that may look at KOKKOS_VERSION: everything used here and elsewhere
/// is common to Kokkos 3.4, 4 and 5.

#include <Kokkos_Core.hpp>

#include <cstdint>

namespace scorefield::base {

using ExecutionSpace = Kokkos::DefaultExecutionSpace;
using MemorySpace = ExecutionSpace::memory_space;
using Complex = Kokkos::complex<double>;
using RowPolicy = Kokkos::RangePolicy<ExecutionSpace, Kokkos::IndexType<std::int64_t>>;

/// For loops that call virtual functions, which run on the host alone.
using HostRowPolicy = Kokkos::RangePolicy<Kokkos::DefaultHostExecutionSpace, Kokkos::IndexType<std::int64_t>>;

/// Real array of a domain: (component, z, y, x).
using RealView = Kokkos::View<double****, Kokkos::LayoutRight, MemorySpace>;
/// Spectrum of a domain: (component, y, kx, z): lines of z are contiguous.
using ComplexView = Kokkos::View<Complex****, Kokkos::LayoutRight, MemorySpace>;
/// One real number for each mode: (y, kx, z).
using DiagonalView = Kokkos::View<double***, Kokkos::LayoutRight, MemorySpace>;
using LineView = Kokkos::View<double*, Kokkos::LayoutRight, MemorySpace>;

}  // namespace scorefield::base
