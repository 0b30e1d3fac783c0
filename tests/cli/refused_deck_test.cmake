# cmake -DSCOREFIELD=<program> -DSOURCE=<project> -DSCRATCH=<folder> "-DRUN=<mpirun ...>" -P refused_deck_test.cmake
# A deck that differs from the checkpoint's in what is sampled is refused with exit code 2, names the key, and changes
# neither the results nor the record of the deck that ran.

file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})
set(command ${RUN} -n 1 ${SCOREFIELD} run ${SOURCE}/inputs/mass-map-demo.yaml --output ${SCRATCH}/out domain.shape=[16,16]
            run.draws=20)
execute_process(COMMAND ${command} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "the first run failed (${code}):\n${output}")
endif()
foreach(file deck.resolved.yaml samples.h5)
  file(SHA256 ${SCRATCH}/out/${file} before_${file})
endforeach()

execute_process(COMMAND ${command} run.seed=5 RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT code EQUAL 2 OR NOT output MATCHES "run.seed: was 1, is 5")
  message(FATAL_ERROR "expected exit code 2 and the key, got ${code}:\n${output}")
endif()
foreach(file deck.resolved.yaml samples.h5)
  file(SHA256 ${SCRATCH}/out/${file} after)
  if(NOT after STREQUAL before_${file})
    message(FATAL_ERROR "${file} was changed by a run that was refused")
  endif()
endforeach()
file(REMOVE_RECURSE ${SCRATCH})
