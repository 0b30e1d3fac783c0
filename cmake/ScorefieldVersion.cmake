# Adds base/version.cpp: the version from project(), the versions of what was found, and the git revision, which a
# target looks up at every build and which recompiles one file only when it changed.

function(scorefield_add_version target)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
  configure_file(${PROJECT_SOURCE_DIR}/src/base/version.cpp.in ${generated}/base/version.cpp @ONLY)
  add_custom_target(
    scorefield_git_revision
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUTPUT=${generated}/base/git_revision.inc -P
            ${PROJECT_SOURCE_DIR}/cmake/GitRevision.cmake
    BYPRODUCTS ${generated}/base/git_revision.inc
    COMMENT "Looking up the git revision"
    VERBATIM)
  set_source_files_properties(${generated}/base/version.cpp PROPERTIES INCLUDE_DIRECTORIES ${generated})
  target_sources(${target} PRIVATE ${generated}/base/version.cpp)
  add_dependencies(${target} scorefield_git_revision)
endfunction()
