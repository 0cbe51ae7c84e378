#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# header.sh PICSET.H: the public header alone is strict C17 and C++17, for every compiler that is there.
set -euo pipefail

header=$1 checked=0
strict=(-pedantic-errors -Wall -Wextra -Werror -fsyntax-only)
for compiler in gcc clang; do
    command -v "$compiler" >/dev/null || continue
    "$compiler" -x c -std=c17 "${strict[@]}" - <<<"#include \"$header\"" && checked=$((checked + 1))
done
for compiler in g++ clang++; do
    command -v "$compiler" >/dev/null || continue
    "$compiler" -x c++ -std=c++17 "${strict[@]}" - <<<"#include \"$header\"" && checked=$((checked + 1))
done
((checked > 0)) || exit 77
