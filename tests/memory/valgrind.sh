#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# valgrind.sh PROGRAM DEMO_PICTURES SUPPRESSIONS: `picset render` reads and frees only what it may.
set -euo pipefail

program=$1 pictures=$2 suppressions=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$pictures" "$folder" icon.png banner.png
printf 'not an image' >"$folder/broken.png"
status=0
# VIPS_NOVECTOR: orc's generated code is beyond valgrind. G_SLICE: one block per object.
VIPS_NOVECTOR=1 G_SLICE=always-malloc G_DEBUG=gc-friendly valgrind --quiet --error-exitcode=99 --trace-children=no \
    --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --suppressions="$suppressions" \
    "$program" render "$folder/icon.png" "$folder/banner.png" "$folder/broken.png" --preset thumbnails -j 2 \
    -o "$folder/out" >"$folder/said" 2>&1 || status=$?
if ((status != 6)); then # 6: one of the three is broken, the others are made
    cat "$folder/said"
    echo "exit status $status instead of 6"
    exit 1
fi
[[ $(find "$folder/out" -name 'icon*' -type f | wc -l) -ge 4 ]] || { echo "too few files" && exit 1; }
