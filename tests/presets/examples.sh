#!/bin/bash
# SPDX-License-Identifier: MIT
# Every command line in presets/README.md is run as it stands there, in a folder with the images that
# it names: examples.sh PICSET DEMO_PICTURES README. Each preset must have one and a table
# of its outputs, and each line must make files.
set -u
picset=$1 pictures=$2 readme=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

complain() {
    echo "$*"
    failed=1
}

mkdir "$work/drawn" && "$pictures" "$work/drawn" >/dev/null || exit 1
# A photograph of 1280 px serves as well, in a quarter of the time.
cat >"$work/drawn/smaller.json" <<'END'
{ "version": 1, "name": "smaller", "summary": "a photograph for the examples",
  "outputs": [ { "stages": [ { "resize": { "width": 1280 } }, { "encode": { "format": "jpeg" } } ], "path": "${name}.jpg" } ] }
END
"$picset" render "$work/drawn/lighthouse.jpg" -p "$work/drawn/smaller.json" -o "$work/smaller" -q --state none || exit 1
photo=$work/smaller/lighthouse.jpg icon=$work/drawn/icon.png

# The files that a line names, as its words name them.
lay_out() {
    local word name
    for word in $1; do
        name=${word##*=}
        case $name in
        *.jpg) cp "$photo" "$2/$name" ;;
        *.png) cp "$icon" "$2/$name" ;;
        *.svg) echo '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>' >"$2/$name" ;;
        esac
    done
}

run_line() {
    local preset=$1 line=$2 folder="$work/run"
    rm -rf "$folder" && mkdir "$folder"
    lay_out "$line" "$folder"
    read -ra words <<<"$line"
    [ "${words[0]}" = picset ] || { complain "$preset: not a picset command: $line"; return; }
    if ! said=$(cd "$folder" && XDG_CACHE_HOME="$folder/cache" "$picset" "${words[@]:1}" -q --preset-folder "$work" 2>&1); then
        complain "$preset: $line"
        complain "$said"
    elif ! find "$folder/out" -type f 2>/dev/null | grep -q .; then
        complain "$preset: nothing was made by: $line"
    fi
}

count=0
for preset in $("$picset" presets -q --preset-folder "$work"); do
    lines=$(awk -v head="## $preset" '$0 == head { on = 1; next } /^## |^# / { on = 0 }
        on && /^```/ { inside = !inside; next } on && inside' "$readme")
    awk -v head="## $preset" '$0 == head { on = 1; next } /^## |^# / { on = 0 } on' "$readme" |
        grep -q '^| output | files |' || complain "$preset: no table of outputs in $readme"
    [ -n "$lines" ] || complain "$preset: no example in $readme"
    while read -r line; do
        [ -n "$line" ] && run_line "$preset" "$line" && count=$((count + 1))
    done <<<"$lines"
done
echo "$count examples were run"
[ "$count" -gt 20 ] || complain "fewer than expected"
exit $failed
