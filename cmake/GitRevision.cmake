# cmake -DSOURCE=dir -DOUTPUT=file -P GitRevision.cmake: writes the revision as a C++ string literal, "unknown" where
# SOURCE is not itself a git checkout (a release archive, perhaps inside somebody else's repository).
set(revision unknown)
find_program(GIT git)
if(GIT AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --abbrev=12 --exclude=* --dirty
                  OUTPUT_VARIABLE described RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(revision ${described})
  endif()
endif()
set(old "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT old STREQUAL "\"${revision}\"\n")
  file(WRITE ${OUTPUT} "\"${revision}\"\n")
endif()
