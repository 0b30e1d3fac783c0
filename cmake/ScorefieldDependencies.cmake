# Finds what scorefield links, checks each version, and repairs what is known to be broken. Also installed, and read
# by scorefieldConfig.cmake, so that a program that links scorefield meets the same checks and targets.
#
# Targets: scorefield::{mpi,kokkos,hdf5,random123,petsc,fftw,yaml,png,cli11}, fmt::fmt, spdlog::spdlog
# Versions: SCOREFIELD_<NAME>_VERSION

include(CheckCXXSourceCompiles)

function(scorefield_missing what package spec)
  string(JOIN " " detail ${ARGN})
  # Indented: CMake leaves such lines unwrapped, so that the commands can be copied.
  message(FATAL_ERROR "  ${what} not found: apt install ${package} | spack install ${spec}\n  ${detail}")
endfunction()

# Makes `alias` an interface target over `targets` whose headers are system headers: their warnings are not ours.
function(scorefield_wrap alias)
  if(NOT TARGET ${alias})
    add_library(${alias} INTERFACE IMPORTED GLOBAL)
    target_link_libraries(${alias} INTERFACE ${ARGN})
  endif()
endfunction()

# Value of `#define <macro> <value>` in a header.
function(scorefield_read_macro header macro out)
  set(value "")
  if(EXISTS "${header}")
    file(STRINGS "${header}" line REGEX "^#[ \t]*define[ \t]+${macro}[ \t]+" LIMIT_COUNT 1)
    string(REGEX REPLACE "^#[ \t]*define[ \t]+${macro}[ \t]+\"?([^\" \t]*)\"?.*$" "\\1" value "${line}")
  endif()
  set(${out} "${value}" PARENT_SCOPE)
endfunction()

find_package(PkgConfig QUIET)
if(NOT PkgConfig_FOUND)
  scorefield_missing("pkg-config" pkg-config pkgconf)
endif()

# MPI. Its deprecated C++ bindings are left out: they warn and need another library.
find_package(MPI 3.0 QUIET COMPONENTS C CXX)
if(NOT MPI_CXX_FOUND OR NOT MPI_C_FOUND)
  scorefield_missing("MPI >= 3.0" libopenmpi-dev openmpi)
endif()
set(SCOREFIELD_MPI_VERSION ${MPI_CXX_VERSION})
scorefield_wrap(scorefield::mpi MPI::MPI_CXX)
set_target_properties(scorefield::mpi PROPERTIES INTERFACE_COMPILE_DEFINITIONS "OMPI_SKIP_MPICXX;MPICH_SKIP_MPICXX")

# Kokkos. Asked for without a version: its config accepts the same major version only.
if(NOT TARGET Kokkos::kokkos)
  set(Kokkos_FIND_QUIETLY TRUE)
  find_package(Kokkos CONFIG QUIET)
endif()
if(NOT TARGET Kokkos::kokkos)
  scorefield_missing("Kokkos >= 3.4" libtrilinos-kokkos-dev kokkos)
endif()
# Debian's Kokkos::kokkos names an include directory that does not exist, which stops CMake's generate step.
get_target_property(kokkos_include Kokkos::kokkos INTERFACE_INCLUDE_DIRECTORIES)
find_path(SCOREFIELD_KOKKOS_INCLUDE_DIR Kokkos_Core.hpp HINTS ${Kokkos_INCLUDE_DIRS} ${Kokkos_DIR}/../../../include
          PATH_SUFFIXES trilinos kokkos)
mark_as_advanced(SCOREFIELD_KOKKOS_INCLUDE_DIR)
if(kokkos_include AND NOT kokkos_include MATCHES "\\$<" AND NOT EXISTS "${kokkos_include}/Kokkos_Core.hpp")
  set_target_properties(Kokkos::kokkos PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${SCOREFIELD_KOKKOS_INCLUDE_DIR}")
endif()
scorefield_read_macro("${SCOREFIELD_KOKKOS_INCLUDE_DIR}/KokkosCore_config.h" KOKKOS_VERSION kokkos_number)
if(kokkos_number)
  math(EXPR kokkos_major "${kokkos_number} / 10000")
  math(EXPR kokkos_minor "${kokkos_number} / 100 % 100")
  math(EXPR kokkos_patch "${kokkos_number} % 100")
  set(SCOREFIELD_KOKKOS_VERSION ${kokkos_major}.${kokkos_minor}.${kokkos_patch})
else()
  set(SCOREFIELD_KOKKOS_VERSION "${Kokkos_VERSION}")
endif()
if(SCOREFIELD_KOKKOS_VERSION VERSION_LESS 3.4)
  scorefield_missing("Kokkos >= 3.4" libtrilinos-kokkos-dev kokkos "found ${SCOREFIELD_KOKKOS_VERSION} in ${Kokkos_DIR}")
endif()
scorefield_wrap(scorefield::kokkos Kokkos::kokkos)

# PETSc comes with pkg-config files only.
pkg_search_module(SCOREFIELD_PETSC_PC QUIET IMPORTED_TARGET GLOBAL PETSc>=3.18 petsc>=3.18)
if(NOT SCOREFIELD_PETSC_PC_FOUND)
  scorefield_missing("PETSc >= 3.18" libpetsc-real-dev petsc)
endif()
set(SCOREFIELD_PETSC_VERSION ${SCOREFIELD_PETSC_PC_VERSION})
# Debian's file also carries its own hardening flags, which are not for our compiler line.
set_target_properties(PkgConfig::SCOREFIELD_PETSC_PC PROPERTIES INTERFACE_COMPILE_OPTIONS "")
scorefield_wrap(scorefield::petsc PkgConfig::SCOREFIELD_PETSC_PC scorefield::mpi)

# Parallel HDF5. Debian may hold serial and parallel builds side by side, each with its own headers; the name `hdf5`
# may mean either, so the headers found are asked.
set(SCOREFIELD_HDF5_TARGET "")
foreach(name hdf5-openmpi hdf5-mpich hdf5)
  string(MAKE_C_IDENTIFIER "SCOREFIELD_${name}_PC" prefix)
  pkg_check_modules(${prefix} QUIET IMPORTED_TARGET GLOBAL ${name}>=1.10)
  if(NOT ${prefix}_FOUND)
    continue()
  endif()
  find_file(${prefix}_HEADER NAMES H5pubconf.h H5pubconf-64.h HINTS ${${prefix}_INCLUDE_DIRS} NO_DEFAULT_PATH)
  mark_as_advanced(${prefix}_HEADER)
  scorefield_read_macro("${${prefix}_HEADER}" H5_HAVE_PARALLEL parallel)
  if(parallel)
    set(SCOREFIELD_HDF5_TARGET PkgConfig::${prefix})
    set(SCOREFIELD_HDF5_VERSION ${${prefix}_VERSION})
    break()
  endif()
endforeach()
if(NOT SCOREFIELD_HDF5_TARGET)
  set(HDF5_PREFER_PARALLEL TRUE)
  find_package(HDF5 1.10 QUIET COMPONENTS C)
  if(HDF5_FOUND AND HDF5_IS_PARALLEL AND TARGET hdf5::hdf5)
    set(SCOREFIELD_HDF5_TARGET hdf5::hdf5)
    set(SCOREFIELD_HDF5_VERSION ${HDF5_VERSION})
  endif()
endif()
if(NOT SCOREFIELD_HDF5_TARGET)
  scorefield_missing("parallel HDF5 >= 1.10" libhdf5-openmpi-dev "hdf5+mpi" "a serial HDF5 does not do")
endif()
scorefield_wrap(scorefield::hdf5 ${SCOREFIELD_HDF5_TARGET} scorefield::mpi)

# FFTW: lines only; our own transposes carry them over the ranks. The benchmarks compare with FFTW's MPI layer.
pkg_check_modules(SCOREFIELD_FFTW_PC QUIET IMPORTED_TARGET GLOBAL fftw3>=3.3)
if(NOT SCOREFIELD_FFTW_PC_FOUND)
  scorefield_missing("FFTW >= 3.3" libfftw3-dev fftw)
endif()
set(SCOREFIELD_FFTW_VERSION ${SCOREFIELD_FFTW_PC_VERSION})
scorefield_wrap(scorefield::fftw PkgConfig::SCOREFIELD_FFTW_PC)

# Random123: headers alone, without a version in them.
find_path(SCOREFIELD_RANDOM123_INCLUDE_DIR Random123/philox.h)
mark_as_advanced(SCOREFIELD_RANDOM123_INCLUDE_DIR)
if(NOT SCOREFIELD_RANDOM123_INCLUDE_DIR)
  scorefield_missing("Random123 (Random123/philox.h)" librandom123-dev random123)
endif()
if(NOT TARGET scorefield::random123)
  add_library(scorefield::random123 INTERFACE IMPORTED GLOBAL)
  target_include_directories(scorefield::random123 SYSTEM INTERFACE ${SCOREFIELD_RANDOM123_INCLUDE_DIR})
endif()

find_package(yaml-cpp CONFIG QUIET)
if(NOT yaml-cpp_FOUND OR yaml-cpp_VERSION VERSION_LESS 0.7)
  scorefield_missing("yaml-cpp >= 0.7" libyaml-cpp-dev yaml-cpp)
endif()
set(SCOREFIELD_YAML_VERSION ${yaml-cpp_VERSION})
if(TARGET yaml-cpp::yaml-cpp) # the name since 0.8
  scorefield_wrap(scorefield::yaml yaml-cpp::yaml-cpp)
else()
  scorefield_wrap(scorefield::yaml yaml-cpp)
endif()

# libpng 1.6 has the interface without setjmp.
find_package(PNG 1.6 QUIET)
if(NOT PNG_FOUND)
  scorefield_missing("libpng >= 1.6" libpng-dev libpng)
endif()
scorefield_wrap(scorefield::png PNG::PNG)

find_package(fmt CONFIG QUIET)
if(NOT fmt_FOUND OR fmt_VERSION VERSION_LESS 8)
  scorefield_missing("fmt >= 8" libfmt-dev fmt)
endif()
find_package(spdlog CONFIG QUIET)
if(NOT spdlog_FOUND OR spdlog_VERSION VERSION_LESS 1.9)
  scorefield_missing("spdlog >= 1.9" libspdlog-dev spdlog)
endif()
find_package(CLI11 CONFIG QUIET)
if(NOT CLI11_FOUND OR CLI11_VERSION VERSION_LESS 2.1)
  scorefield_missing("CLI11 >= 2.1" libcli11-dev cli11)
endif()
scorefield_wrap(scorefield::cli11 CLI11::CLI11)
