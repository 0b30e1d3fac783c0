# cmake -DSCOREFIELD=<program> -DFILE=docs/user/options.md [-DUPDATE=ON] -P options_doc_test.cmake
# The committed manual of the options is what the program says of itself; UPDATE writes it anew (target options_doc).

execute_process(COMMAND ${SCOREFIELD} describe all --markdown RESULT_VARIABLE failed OUTPUT_VARIABLE options)
if(failed OR options STREQUAL "")
  message(FATAL_ERROR "scorefield describe all --markdown failed (${failed})")
endif()
set(page "# Options

Made by `cmake --build --preset release --target options_doc` from the declarations in the code; a test compares.
The same on a terminal: `scorefield describe NAME`. `deck` holds the sections run, domain and output.

${options}")
if(UPDATE)
  file(WRITE ${FILE} "${page}")
  return()
endif()
if(NOT EXISTS ${FILE})
  message(FATAL_ERROR "${FILE} is missing: cmake --build <build folder> --target options_doc")
endif()
file(READ ${FILE} committed)
if(NOT committed STREQUAL page)
  message(FATAL_ERROR "${FILE} is not what the program says: cmake --build <build folder> --target options_doc")
endif()
