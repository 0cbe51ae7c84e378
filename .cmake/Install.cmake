# SPDX-License-Identifier: MIT
# cmake --install: the program with its man page and completions, the library with its header,
# pkg-config and CMake package files, the presets, and the prebuilt libvips where it was linked.
include(CMakePackageConfigHelpers)

# A prebuilt libvips is installed into a folder of its own: it must never be found by other programs.
set(private_folder ${CMAKE_INSTALL_LIBDIR}/picset)
if(PICSET_PREBUILT_LIBRARY)
  install(FILES ${PICSET_PREBUILT_LIBRARY} DESTINATION ${private_folder})
endif()

# Call it behind install(TARGETS): what was installed last is changed.
function(picset_install_rpath target folder)
  if(NOT PICSET_PREBUILT_LIBRARY)
    return()
  endif()
  file(RELATIVE_PATH path /${folder} /${private_folder})
  if(APPLE)
    set_target_properties(${target} PROPERTIES INSTALL_RPATH @loader_path/${path})
    return()
  endif()
  get_filename_component(built ${PICSET_PREBUILT_LIBRARY} DIRECTORY)
  install(CODE "file(RPATH_CHANGE
    FILE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${folder}/$<TARGET_FILE_NAME:${target}>\"
    OLD_RPATH \"${built}\" NEW_RPATH \"\\\$ORIGIN/${path}\")")
endfunction()

if(TARGET picset)
  install(TARGETS picset RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  picset_install_rpath(picset ${CMAKE_INSTALL_BINDIR})
endif()

# What the program prints about itself: picset_printed(FILE FOLDER argument…).
function(picset_printed file folder)
  add_custom_command(OUTPUT printed/${file} DEPENDS picset VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory printed
    COMMAND picset ${ARGN} > printed/${file})
  set_property(GLOBAL APPEND PROPERTY PICSET_PRINTED ${CMAKE_BINARY_DIR}/printed/${file})
  install(FILES ${CMAKE_BINARY_DIR}/printed/${file} DESTINATION ${folder})
endfunction()

if(TARGET picset AND NOT PICSET_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  picset_printed(picset.1 ${CMAKE_INSTALL_MANDIR}/man1 man)
  picset_printed(picset ${CMAKE_INSTALL_DATADIR}/bash-completion/completions completion bash)
  picset_printed(_picset ${CMAKE_INSTALL_DATADIR}/zsh/site-functions completion zsh)
  picset_printed(picset.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d completion fish)
  get_property(printed GLOBAL PROPERTY PICSET_PRINTED)
  add_custom_target(picset_printed ALL DEPENDS ${printed})
endif()

file(GLOB presets CONFIGURE_DEPENDS presets/*.json presets/README.md)
if(presets)
  install(FILES ${presets} DESTINATION ${CMAKE_INSTALL_DATADIR}/picset/presets)
endif()

if(TARGET libpicset)
  install(TARGETS libpicset EXPORT picsetTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    PUBLIC_HEADER DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  picset_install_rpath(libpicset ${CMAKE_INSTALL_LIBDIR})
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
