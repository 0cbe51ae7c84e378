#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# genai.sh PROGRAM FOLDER: Google's own client for JavaScript, brought by npm into FOLDER, makes images with
# `PROGRAM sandbox`. 77 when npm cannot bring it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$1 folder=$2

for tool in node npm; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool" && exit 77; }
done
mkdir -p "$folder"
cp "$here"/{package.json,package-lock.json,.npmrc,genai.js} "$folder"
if ! cmp -s "$here/package-lock.json" "$folder/brought.json"; then
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1 >npm.log 2>&1) ||
        { echo "skipped: npm could not bring the client: see $folder/npm.log" && exit 77; }
    cp "$here/package-lock.json" "$folder/brought.json"
fi

coproc SANDBOX { exec "$program" sandbox --port 0 2>"$folder/sandbox.log"; }
sandbox=$SANDBOX_PID
trap 'kill "$sandbox" 2>/dev/null || true; wait "$sandbox" 2>/dev/null || true' EXIT
read -r -t 30 url <&"${SANDBOX[0]}"
node "$folder/genai.js" "$url"
