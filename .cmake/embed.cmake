# SPDX-License-Identifier: MIT
# cmake -DOUTPUT=FILE.c "-DPRESETS=a.json;b.json" -P embed.cmake: preset files as C, so that the
# program needs no folder at run time.
list(SORT PRESETS)
set(arrays "")
set(rows "")
foreach(file ${PRESETS})
  get_filename_component(name ${file} NAME_WE)
  string(MAKE_C_IDENTIFIER ${name} symbol)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "static const unsigned char ${symbol}_json[] = {${bytes}};\n")
  string(APPEND rows "    {\"${name}\", ${symbol}_json, sizeof ${symbol}_json},\n")
endforeach()
file(WRITE ${OUTPUT} "/* Generated from presets/ by embed.cmake. */
#include \"preset_embedded.h\"

${arrays}
const struct preset_embedded preset_embedded[] = {
${rows}    {0}};
")
