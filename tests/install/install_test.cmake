# cmake -DBUILD= -DSOURCE= -DSCRATCH= ... -P install_test.cmake

function(step what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(failed)
    message(FATAL_ERROR "${what} failed (${failed}):\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
step("install" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/first)
file(RENAME ${SCRATCH}/first ${SCRATCH}/moved)

# Every header can be included from the installed tree alone, so none was left behind.
set(root ${SCRATCH}/moved/include/scorefield)
file(GLOB_RECURSE headers RELATIVE ${root} ${root}/*.hpp)
if(NOT headers)
  message(FATAL_ERROR "no headers under ${root}")
endif()
foreach(header ${headers})
  file(STRINGS ${root}/${header} includes REGEX "^#include \"")
  foreach(line ${includes})
    string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" name "${line}")
    if(NOT EXISTS ${root}/${name})
      message(FATAL_ERROR "installed ${header} includes ${name}, which is not installed")
    endif()
  endforeach()
endforeach()

# Nothing that CMake reads may name the place where it was built or first installed.
file(GLOB_RECURSE configs ${SCRATCH}/moved/lib*/*.cmake)
foreach(config ${configs})
  file(STRINGS ${config} named REGEX "${SCRATCH}|${BUILD}")
  if(named)
    message(FATAL_ERROR "${config} names a build path: ${named}")
  endif()
endforeach()

step("configure of the consumer"
     ${CMAKE_COMMAND} -S ${SOURCE}/consumer -B ${SCRATCH}/consumer -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX}
     -DCMAKE_C_COMPILER=${CC} -DCMAKE_BUILD_TYPE=${BUILD_TYPE} -DCMAKE_PREFIX_PATH=${SCRATCH}/moved)
step("build of the consumer" ${CMAKE_COMMAND} --build ${SCRATCH}/consumer)
step("run of the consumer" ${RUN} -n 2 ${SCRATCH}/consumer/consumer)
if(NOT output MATCHES "scorefield ${VERSION} on 2 ranks")
  message(FATAL_ERROR "the consumer printed: ${output}")
endif()

set(examples ${SOURCE}/../../examples)
foreach(example own_loop own_target)
  step("configure of ${example}"
       ${CMAKE_COMMAND} -S ${examples}/${example} -B ${SCRATCH}/${example} -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX}
       -DCMAKE_C_COMPILER=${CC} -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${SCRATCH}/moved)
  step("build of ${example}" ${CMAKE_COMMAND} --build ${SCRATCH}/${example})
endforeach()

# own_loop fails by itself where the result is wrong.
step("own_loop on 1 rank" ${RUN} -n 1 ${SCRATCH}/own_loop/own_loop)
set(on_one_rank "${output}")
step("own_loop on 3 ranks" ${RUN} -n 3 ${SCRATCH}/own_loop/own_loop)
if(NOT output STREQUAL on_one_rank)
  message(FATAL_ERROR "own_loop printed on 1 rank\n${on_one_rank}and on 3\n${output}")
endif()

# own_target is all of scorefield with one target more: its digests cover every value in the file.
set(own ${SCRATCH}/own_target/own_target)
set(deck ${examples}/own_target/own_target.yaml)
step("own_target describe" ${own} describe free_field)
foreach(ranks 1 3)
  step("own_target on ${ranks} ranks" ${RUN} -n ${ranks} ${own} run ${deck} --output ${SCRATCH}/samples --restart never)
  step("own_target inspect" ${own} inspect ${SCRATCH}/samples/samples.h5)
  string(REGEX MATCH "manifest +[0-9]+" manifest_${ranks} "${output}")
endforeach()
if(NOT manifest_1 OR NOT manifest_1 STREQUAL manifest_3)
  message(FATAL_ERROR "own_target made ${manifest_1} on 1 rank and ${manifest_3} on 3")
endif()
step("own_target with a task" ${RUN} -n 2 ${own} run ${deck} task=line_integral --output ${SCRATCH}/task)
if(NOT output MATCHES "log p" OR output MATCHES "exceeds")
  message(FATAL_ERROR "the score of own_target is not that of its energy:\n${output}")
endif()

if(NOT EXISTS ${SCRATCH}/moved/bin/scorefield)
  message(FATAL_ERROR "bin/scorefield was not installed")
endif()
step("scorefield --help" ${SCRATCH}/moved/bin/scorefield --help)
step("scorefield describe" ${SCRATCH}/moved/bin/scorefield describe)
foreach(folder inputs analysis)
  if(NOT EXISTS ${SCRATCH}/moved/share/scorefield/${folder})
    message(FATAL_ERROR "share/scorefield/${folder} was not installed")
  endif()
endforeach()
file(REMOVE_RECURSE ${SCRATCH})
