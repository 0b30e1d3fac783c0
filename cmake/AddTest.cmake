# scorefield_add_unit_test(name SOURCES ... [LABELS ...] [TIMEOUT s] [ARGUMENTS ...])
# scorefield_add_mpi_test(name SOURCES ... RANKS 1 2 3 4 [LABELS ...] [TIMEOUT s] [ARGUMENTS ...])
#
# Both link GoogleTest and tests/support/test_main.cpp, which starts MPI and Kokkos. The second registers one ctest per
# rank count. Labels in use: unit, mpi, statistics, restart, mutation, nightly, cli (`make test` leaves nightly out).

find_package(GTest CONFIG QUIET)
if(NOT GTest_FOUND)
  scorefield_missing("GoogleTest >= 1.12" "libgtest-dev libgmock-dev" "googletest+gmock")
endif()
find_package(LAPACK QUIET)
find_path(LAPACKE_INCLUDE_DIR lapacke.h)
find_library(LAPACKE_LIBRARY lapacke)
if(NOT LAPACK_FOUND OR NOT LAPACKE_INCLUDE_DIR OR NOT LAPACKE_LIBRARY)
  scorefield_missing("LAPACK with LAPACKE (tests)" "liblapack-dev liblapacke-dev" "netlib-lapack+lapacke")
endif()
if(NOT TARGET scorefield::lapacke)
  add_library(scorefield::lapacke INTERFACE IMPORTED)
  target_include_directories(scorefield::lapacke SYSTEM INTERFACE ${LAPACKE_INCLUDE_DIR})
  target_link_libraries(scorefield::lapacke INTERFACE ${LAPACKE_LIBRARY} LAPACK::LAPACK)
endif()

find_program(SCOREFIELD_MPIRUN NAMES mpirun mpiexec HINTS ${MPI_CXX_COMPILER}/.. REQUIRED)
execute_process(COMMAND ${SCOREFIELD_MPIRUN} --version OUTPUT_VARIABLE mpirun_version ERROR_QUIET)
set(SCOREFIELD_MPIRUN_COMMAND ${SCOREFIELD_MPIRUN})
if(mpirun_version MATCHES "Open MPI|Open-MPI|OpenRTE")
  # More ranks than cores is the normal case for tests: let a waiting rank give its core away.
  list(APPEND SCOREFIELD_MPIRUN_COMMAND --oversubscribe --mca mpi_yield_when_idle 1)
  execute_process(COMMAND id -u OUTPUT_VARIABLE uid OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(uid STREQUAL "0")
    list(APPEND SCOREFIELD_MPIRUN_COMMAND --allow-run-as-root)
  endif()
endif()

set(SCOREFIELD_TEST_ENVIRONMENT OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1)
if(SCOREFIELD_SANITIZE)
  list(APPEND SCOREFIELD_TEST_ENVIRONMENT
       LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0
       ASAN_OPTIONS=detect_odr_violation=0 UBSAN_OPTIONS=print_stacktrace=1)
endif()

# The test mains share one object: compiling it once saves seconds per test.
add_library(scorefield_test_main STATIC ${PROJECT_SOURCE_DIR}/tests/support/test_main.cpp)
target_link_libraries(scorefield_test_main PUBLIC scorefield GTest::gtest GTest::gmock scorefield::lapacke)
target_include_directories(scorefield_test_main PUBLIC ${PROJECT_SOURCE_DIR}/tests)
scorefield_use_house_flags(scorefield_test_main)

function(scorefield_add_test_program name)
  add_executable(${name}_test ${ARGN})
  target_link_libraries(${name}_test PRIVATE scorefield_test_main scorefield)
  target_compile_definitions(${name}_test PRIVATE SCOREFIELD_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                                  SCOREFIELD_BINARY_DIR="${PROJECT_BINARY_DIR}")
  scorefield_use_house_flags(${name}_test)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/bin)
endfunction()

# What every ctest of the project gets: labels, time limit, cores and environment.
function(scorefield_set_test_properties name cores timeout)
  if(NOT timeout)
    set(timeout 300)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARGN}" TIMEOUT ${timeout} PROCESSORS ${cores}
                                          ENVIRONMENT "${SCOREFIELD_TEST_ENVIRONMENT}")
endfunction()

function(scorefield_add_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LABELS;ARGUMENTS")
  scorefield_add_test_program(${name} ${arg_SOURCES})
  add_test(NAME ${name} COMMAND ${name}_test ${arg_ARGUMENTS})
  scorefield_set_test_properties(${name} 1 "${arg_TIMEOUT}" unit ${arg_LABELS})
endfunction()

function(scorefield_add_mpi_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LABELS;RANKS;ARGUMENTS")
  if(NOT arg_RANKS)
    set(arg_RANKS 1 2 3 4)
  endif()
  scorefield_add_test_program(${name} ${arg_SOURCES})
  foreach(ranks ${arg_RANKS})
    add_test(NAME ${name}.np${ranks} COMMAND ${SCOREFIELD_MPIRUN_COMMAND} -n ${ranks} $<TARGET_FILE:${name}_test>
                                           ${arg_ARGUMENTS})
    scorefield_set_test_properties(${name}.np${ranks} ${ranks} "${arg_TIMEOUT}" mpi ${arg_LABELS})
  endforeach()
endfunction()
