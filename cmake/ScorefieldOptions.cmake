# Options, build type and the flags every file of ours is compiled with.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON) # libraries of modules and Spack lie where the loader does not look

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug, RelWithDebInfo or MinSizeRel" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG" CACHE STRING "Flags of the Release build")

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(default_arch x86-64-v3)
else()
  set(default_arch "")
endif()
set(SCOREFIELD_ARCH "${default_arch}" CACHE STRING
    "Argument of -march; empty: the compiler's default. Equal results are promised per build and architecture level")
option(SCOREFIELD_BUILD_TESTS "build the tests" ${PROJECT_IS_TOP_LEVEL})
option(SCOREFIELD_BUILD_BENCHMARKS "build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(SCOREFIELD_WERROR "warnings in our own code are errors" ${PROJECT_IS_TOP_LEVEL})
option(SCOREFIELD_COVERAGE "count which lines run (gcov)" OFF)
set(SCOREFIELD_SANITIZE "" CACHE STRING "Argument of -fsanitize, e.g. address,undefined")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# Flags that decide which bits come out are PUBLIC, so that code in our headers gives the same numbers in a
# program that links the library. -ffast-math or contraction of a*b+c would let them depend on loop remainders.
function(scorefield_use_house_flags target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PUBLIC $<$<COMPILE_LANGUAGE:CXX>:-fno-math-errno;-ffp-contract=off>)
  if(SCOREFIELD_ARCH)
    target_compile_options(${target} PUBLIC $<$<COMPILE_LANGUAGE:CXX>:-march=${SCOREFIELD_ARCH}>)
  endif()
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                           -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION MATCHES "^12")
    # GCC 12 warns of an overlap inside std::string's own operator+ (gcc.gnu.org/PR105651, fixed in 13).
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  if(SCOREFIELD_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(SCOREFIELD_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${SCOREFIELD_SANITIZE} -fno-omit-frame-pointer
                                            -fno-sanitize-recover=undefined)
    target_link_options(${target} PUBLIC -fsanitize=${SCOREFIELD_SANITIZE})
  endif()
  if(SCOREFIELD_COVERAGE)
    target_compile_options(${target} PUBLIC --coverage)
    target_link_options(${target} PUBLIC --coverage)
  endif()
endfunction()
