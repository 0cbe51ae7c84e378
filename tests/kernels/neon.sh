#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# neon.sh ROOT FOLDER: builds the vector loops for 64-bit ARM and for this processor, and lets both run: the
# first on an emulator. Vectors must be those of each, and all sums the same. 77 without the tools.
set -euo pipefail
root=$1 folder=$2
arm=aarch64-linux-gnu-gcc
emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64) && command -v "$arm" >/dev/null ||
    { echo "skipped: no $arm, or no qemu-aarch64" && exit 77; }
mkdir -p "$folder"
kernels=$root/stages/kernels
build() { # COMPILER OUTPUT
    "$1" -static -std=c17 -O2 -ffp-contract=off -iquote "$root/stages" -iquote "$kernels" -o "$folder/$2" \
        "$root/tests/kernels/agree.c" "$kernels"/{score,shrink,reduce,filter}_{plain,avx2,neon,vectors}.c "$kernels"/{reduce,noise}.c -lm
}
build "$arm" agree-arm
build cc agree-here
read -r vectors sum <<<"$("$emulator" "$folder/agree-arm")"
read -r vectors_here sum_here <<<"$("$folder/agree-here")"
echo "$vectors $sum, here $vectors_here $sum_here"
[[ $vectors == neon && ($vectors_here == none || $sum == "$sum_here") ]]
