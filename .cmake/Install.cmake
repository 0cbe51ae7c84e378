# SPDX-License-Identifier: MIT
# cmake --install: the program with its man page and completions, the library with its header,
# pkg-config and CMake package files, the presets, and the prebuilt libvips where it was linked.
include(CMakePackageConfigHelpers)

# A prebuilt libvips is installed into a folder of its own: it must never be found by other programs.
set(private_folder ${CMAKE_INSTALL_LIBDIR}/picset)
if(APPLE)
  set(origin @loader_path)
else()
  set(origin $ORIGIN)
endif()
if(PICSET_PREBUILT_LIBRARY)
  install(FILES ${PICSET_PREBUILT_LIBRARY} DESTINATION ${private_folder})
endif()

function(picset_install_rpath target folder)
  if(PICSET_PREBUILT_LIBRARY)
    file(RELATIVE_PATH path /${folder} /${private_folder})
    set_target_properties(${target} PROPERTIES INSTALL_RPATH ${origin}/${path})
  endif()
endfunction()

if(TARGET picset)
  picset_install_rpath(picset ${CMAKE_INSTALL_BINDIR})
  install(TARGETS picset RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

file(GLOB presets CONFIGURE_DEPENDS presets/*.json presets/README.md)
if(presets)
  install(FILES ${presets} DESTINATION ${CMAKE_INSTALL_DATADIR}/picset/presets)
endif()

if(TARGET libpicset)
  picset_install_rpath(libpicset ${CMAKE_INSTALL_LIBDIR})
  install(TARGETS libpicset EXPORT picsetTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    PUBLIC_HEADER DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/picset)
  install(EXPORT picsetTargets NAMESPACE picset:: DESTINATION ${package_folder})
  configure_package_config_file(.cmake/picsetConfig.cmake.in picsetConfig.cmake
    INSTALL_DESTINATION ${package_folder})
  write_basic_package_version_file(picsetConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/picsetConfig.cmake ${CMAKE_BINARY_DIR}/picsetConfigVersion.cmake
    DESTINATION ${package_folder})

  # Paths relative to the .pc file: the installed tree can be moved.
  file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" PICSET_PC_PREFIX "\${pcfiledir}/${up}")
  configure_file(.cmake/picset.pc.in picset.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/picset.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
