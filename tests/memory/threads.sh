#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# threads.sh PROGRAM DEMO_PICTURES: many sources on more threads than cores, built with ThreadSanitizer:
# everything is made, and no race is seen. Then again, with nothing to do, and with a broken source.
set -euo pipefail

program=$1 pictures=$2 sources=12
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/in"
"$pictures" "$folder" icon.png banner.png
for ((i = 0; i < sources; i += 2)); do
    cp "$folder/icon.png" "$folder/in/icon$i.png"
    cp "$folder/banner.png" "$folder/in/banner$i.png"
done

render() { # STATUS argument…
    local status=0
    "$program" render -r "$folder/in" --preset thumbnails -j 6 -o "$folder/out" "${@:2}" >"$folder/said" 2>&1 || status=$?
    if ((status != $1)) || grep -q 'WARNING: ThreadSanitizer' "$folder/said"; then
        cat "$folder/said"
        echo "exit status $status, not $1, or a race"
        exit 1
    fi
}

render 0
made=$(find "$folder/out" -type f -name '*.webp' | wc -l)
((made == sources * 4)) || { echo "$made files instead of $((sources * 4))" && exit 1; }
render 0
printf 'not an image' >"$folder/in/broken.png"
render 6 --overwrite always --memory 64M
