# cmake --install gives a tree that can be moved: nothing in it names the prefix.

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/scorefield)

# The executable is the only thing beside a static library; it finds share/scorefield from where it lies itself.
if(TARGET scorefield_cli)
  install(TARGETS scorefield_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS scorefield EXPORT scorefieldTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT scorefieldTargets NAMESPACE scorefield:: DESTINATION ${config_dir})

# One include root holds all of it, so that #include "grid/field.hpp" reads the same inside and outside.
install(DIRECTORY src/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/scorefield FILES_MATCHING PATTERN "*.hpp"
        PATTERN "app" EXCLUDE)
install(FILES src/app/program.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/scorefield/app)
foreach(folder physics samplers tasks)
  if(EXISTS ${PROJECT_SOURCE_DIR}/${folder})
    install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/scorefield FILES_MATCHING PATTERN "*.hpp")
  endif()
endforeach()

foreach(folder inputs jobs analysis)
  if(EXISTS ${PROJECT_SOURCE_DIR}/${folder})
    install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_DATADIR}/scorefield USE_SOURCE_PERMISSIONS
            PATTERN "__pycache__" EXCLUDE)
  endif()
endforeach()
install(FILES LICENSE CITATION.cff DESTINATION ${CMAKE_INSTALL_DATADIR}/scorefield)

include(CMakePackageConfigHelpers)
configure_package_config_file(
  cmake/scorefieldConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/scorefieldConfig.cmake INSTALL_DESTINATION ${config_dir})
# Before 1.0 a minor version may break.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/scorefieldConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/scorefieldConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/scorefieldConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/ScorefieldDependencies.cmake
        DESTINATION ${config_dir})
