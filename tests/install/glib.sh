#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# glib.sh PROGRAM: with the prebuilt libvips, which has its own GLib inside, nothing may bring a second one.
set -euo pipefail

libraries=$(ldd "$1")
[[ $libraries == *libvips* ]] || { echo "no libvips: $libraries" && exit 1; }
if [[ $libraries == *libvips-cpp.so* && $libraries == *libglib-2.0* ]]; then
    echo "two GLibs in one process: $libraries"
    exit 1
fi
