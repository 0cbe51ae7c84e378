#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# page.sh FOLDER: a page that shows every set made in FOLDER, through the <picture> elements that were
# emitted beside it, and every file with its bytes. Goes to standard output.
set -euo pipefail
cd "$1"

cat <<'END'
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>picset: demo</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { margin: 0 auto; max-width: 72rem; padding: 1rem }
  picture img { max-width: 100%; max-height: 70vh; height: auto; width: auto; border-radius: .5rem }
  .thumbnails { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .5rem 0 }
  .thumbnails img { max-width: 12rem; height: auto }
  table { border-collapse: collapse; font-size: .85rem }
  td { padding: .1rem 1rem .1rem 0 } td + td { text-align: right }
</style>
<h1>picset: one image in, the whole set out</h1>
END

for original in originals/*; do
    name=$(basename "${original%.*}")
    echo "<h2>$name</h2>"
    for snippet in "$name".*.html; do
        [[ ! -e $snippet ]] || cat "$snippet"
    done
    echo '<div class="thumbnails">'
    find . -name "$name-*x*.webp" -printf '%P\n' | sort -V | sed 's,.*,<img src="&" alt="" loading="lazy">,'
    echo '</div>'
    echo "<details><summary>$(find . -name "$name*" -type f ! -path './originals/*' | wc -l) files, from $(stat -c %s "$original") bytes</summary><table>"
    find . -name "$name*" -type f ! -path './originals/*' -printf '%P %s\n' | sort -V |
        sed -E 's,(.*) ([0-9]+)$,<tr><td><a href="\1">\1</a><td>\2,'
    echo '</table></details>'
done
