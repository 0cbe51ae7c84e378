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

for snippet in *.web.html; do
    name=${snippet%.web.html}
    echo "<h2>$name</h2>"
    for markup in "$name".*.html; do
        cat "$markup"
    done
    echo '<div class="thumbnails">'
    find . -maxdepth 1 -name "$name-*x*.webp" -printf '%P\n' | sort -V |
        sed 's,.*,<img src="&" alt="" loading="lazy">,'
    echo '</div>'
    original=(originals/"$name".*)
    [[ -e ${original[0]} ]] && from="from ${original[0]}" || from="from a prompt"
    echo "<details><summary>$(find . -maxdepth 1 -name "$name[-.]*" -type f | wc -l) files, $from</summary><table>"
    find . -maxdepth 1 -name "$name[-.]*" -type f -printf '%P %s\n' | sort -V |
        sed -E 's,(.*) ([0-9]+)$,<tr><td><a href="\1">\1</a><td>\2,'
    echo '</table></details>'
done
