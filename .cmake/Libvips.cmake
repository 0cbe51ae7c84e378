# SPDX-License-Identifier: MIT
# libvips from one of two places, as the target picset::vips: the pinned prebuilt one that npm
# brought into .prebuilt/, or the system's. Both export the same C API, and GLib with it.

set(PICSET_LIBVIPS auto CACHE STRING "where libvips comes from: auto (prebuilt when it is there), prebuilt, system")
set_property(CACHE PICSET_LIBVIPS PROPERTY STRINGS auto prebuilt system)
if(NOT PICSET_LIBVIPS MATCHES "^(auto|prebuilt|system)$")
  message(FATAL_ERROR "PICSET_LIBVIPS is '${PICSET_LIBVIPS}': auto, prebuilt or system")
endif()

# The folder that npm names after the platform: linux-x64, linuxmusl-arm64, darwin-arm64, …
function(picset_prebuilt_platform out)
  string(TOLOWER ${CMAKE_SYSTEM_NAME} platform)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -dumpmachine OUTPUT_VARIABLE machine ERROR_QUIET)
  if(machine MATCHES "musl")
    string(APPEND platform "musl")
  endif()
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    set(${out} "${platform}-arm64" PARENT_SCOPE)
  else()
    set(${out} "${platform}-x64" PARENT_SCOPE)
  endif()
endfunction()

picset_prebuilt_platform(platform)
set(packages ${CMAKE_SOURCE_DIR}/.prebuilt/node_modules/@img)
set(headers ${packages}/sharp-libvips-dev/include)
set(prebuilt ${packages}/sharp-libvips-${platform}/lib)
file(GLOB prebuilt_library ${prebuilt}/libvips-cpp.so.* ${prebuilt}/libvips-cpp.*.dylib)
if(prebuilt_library AND EXISTS ${headers}/vips/vips.h)
  set(prebuilt_found TRUE)
else()
  set(prebuilt_found FALSE)
endif()

if(PICSET_LIBVIPS STREQUAL "prebuilt" AND NOT prebuilt_found)
  message(FATAL_ERROR "no prebuilt libvips for ${platform} in .prebuilt/: run 'npm ci' there, or set PICSET_LIBVIPS=system")
endif()

if(prebuilt_found AND NOT PICSET_LIBVIPS STREQUAL "system")
  set(PICSET_LIBVIPS_SOURCE prebuilt)
  # Beside vips/ and glib-2.0/ lie codec headers of other versions than those that are linked: a
  # folder of our own keeps them off the include path.
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/prebuilt-include)
  file(CREATE_LINK ${headers}/vips ${CMAKE_BINARY_DIR}/prebuilt-include/vips SYMBOLIC)
  add_library(picset::vips SHARED IMPORTED)
  set_target_properties(picset::vips PROPERTIES IMPORTED_LOCATION ${prebuilt_library})
  target_include_directories(picset::vips INTERFACE ${CMAKE_BINARY_DIR}/prebuilt-include
    ${headers}/glib-2.0 ${prebuilt}/glib-2.0/include)
  set(PICSET_PREBUILT_LIBRARY ${prebuilt_library})
  if(NOT APPLE)
    # CMake ends a build tree's RPATH in ':', which the loader reads as the folder one stands in.
    set(CMAKE_SKIP_RPATH ON)
    target_link_options(picset::vips INTERFACE "LINKER:-rpath,${prebuilt}")
  endif()
else()
  set(PICSET_LIBVIPS_SOURCE system)
  pkg_check_modules(VIPS REQUIRED IMPORTED_TARGET vips>=8.14)
  add_library(picset::vips INTERFACE IMPORTED)
  target_link_libraries(picset::vips INTERFACE PkgConfig::VIPS)
endif()
target_compile_definitions(picset::vips INTERFACE PICSET_LIBVIPS_SOURCE="${PICSET_LIBVIPS_SOURCE}")
message(STATUS "libvips: ${PICSET_LIBVIPS_SOURCE}")
