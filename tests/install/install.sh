#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# install.sh SOURCE BUILD CC GENERATOR: installs into a folder, moves it, and builds the example against it twice:
# through pkg-config and through find_package. Both render an image in memory.
set -euo pipefail

source=$1 build=$2 cc=$3 generator=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cmake --install "$build" --prefix "$folder/first" >"$folder/install.log"
mv "$folder/first" "$folder/prefix" # nothing of it may depend on where it was installed
prefix=$folder/prefix

"$build/demo_pictures" "$folder" icon.png

check() { # HOW PROGRAM: it rendered four squares
    local said
    said=$("$2" "$folder/icon.png")
    echo "$1: ${said##*$'\n'}"
    [[ $(grep -c 'image/' <<<"$said") -ge 4 ]] || { echo "$1: too few files: $said" && exit 1; }
    [[ $said == *" 64 x 64 "* ]] || { echo "$1: no 64 x 64: $said" && exit 1; }
}

config=$(find "$prefix" -name picset.pc)
PKG_CONFIG_PATH=$(dirname "$config")
export PKG_CONFIG_PATH
libdir=$(pkg-config --variable=libdir picset)
read -ra flags < <(pkg-config --cflags --libs picset)
"$cc" -std=c17 -pedantic-errors -Wall -Wextra -Werror "$source/tests/install/example/render.c" -o "$folder/render" \
    "${flags[@]}" -Wl,-rpath,"$libdir"
check pkg-config "$folder/render"

cmake -G "$generator" -S "$source/tests/install/example" -B "$folder/example" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_COMPILER="$cc" >"$folder/example.log" || { cat "$folder/example.log" && exit 1; }
cmake --build "$folder/example" >>"$folder/example.log" || { cat "$folder/example.log" && exit 1; }
check find_package "$folder/example/render"

"$prefix/bin/picset" --version | head -n 1
[[ -n $(find "$prefix" -name 'web.json') ]] || { echo "no presets are installed" && exit 1; }
