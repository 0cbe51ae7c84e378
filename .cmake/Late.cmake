# SPDX-License-Identifier: MIT
# Libraries that are loaded when they are first called (stages/late.h), or linked where that is not
# to be had: picset_late(TARGET NAME module…) finds NAME as pkg_check_modules does.

option(PICSET_LATE "load libcurl, libmicrohttpd, libcrypto and libjxl when they are needed, not at the start" ON)

# The name by which the loader knows a library: "libcurl.so.4". Empty where it cannot be told.
function(picset_soname file out)
  set(${out} "" PARENT_SCOPE)
  if(CMAKE_READELF AND EXISTS "${file}")
    execute_process(COMMAND ${CMAKE_READELF} -d ${file} OUTPUT_VARIABLE said ERROR_QUIET)
    if(said MATCHES "SONAME[^[]*\\[([^]]+)\\]")
      set(${out} ${CMAKE_MATCH_1} PARENT_SCOPE)
    endif()
  endif()
endfunction()

function(picset_late target name)
  if(NOT ${name}_FOUND)
    return()
  endif()
  list(GET ${name}_LINK_LIBRARIES 0 file)
  picset_soname(${file} soname)
  if(PICSET_LATE AND soname)
    target_compile_definitions(${target} PRIVATE PICSET_LATE_${name}="${soname}")
    target_include_directories(${target} SYSTEM PRIVATE ${${name}_INCLUDE_DIRS})
    target_link_libraries(${target} PUBLIC ${CMAKE_DL_LIBS})
    message(STATUS "loaded when needed: ${soname}")
  else()
    target_link_libraries(${target} PUBLIC PkgConfig::${name})
  endif()
endfunction()
