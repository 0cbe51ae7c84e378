#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# chromium.sh TEST PROGRAM FOLDER: what TEST.js looks at is made with PROGRAM in FOLDER, then looked at in headless
# Chromium. 77 when node or Chromium is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=$1 program=$2 folder=$3
export CHROMIUM

command -v node >/dev/null || { echo "skipped: no node" && exit 77; }
CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "skipped: no chromium" && exit 77; }

rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
node "$here/draw.js" . # wide.png, icon.png
make=("$program" render --state state -q)
widths=web.widths=320,640,960,1280,1920,2560,3840

case $name in
picture)
    for copy in full half shapes; do cp wide.png $copy.png; done
    "${make[@]}" full.png -p web --set "$widths" -o out
    "${make[@]}" half.png -p web --set "$widths" --set 'web.sizes=(min-width: 1000px) 50vw, 100vw' -o out
    "${make[@]}" shapes.png -p art-direction -o out
    ;;
install)
    "${make[@]}" icon.png -p pwa --name app -o out
    ;;
gallery)
    cat >picset.json <<'END'
{ "version": 1, "out": "out/", "provider": { "name": "sandbox" },
  "images": [
    { "id": "night", "prompt": "a train at night </script><b>&amp;", "alt": "A train <b>& \"more\"</b>", "aspect": "16:9", "size": "1K",
      "presets": [{ "preset": "web", "set": { "widths": [160, 320, 640] } }] },
    { "source": "wide.png", "presets": [{ "preset": "web", "set": { "widths": [160, 320, 640, 1280] } }, "thumbnails"] },
    { "source": "icon.png", "presets": ["favicon"] }
  ] }
END
    "$program" build -q --record-prompts
    "$program" report out
    ;;
esac
node "$here/$name.js" "$folder/out"
