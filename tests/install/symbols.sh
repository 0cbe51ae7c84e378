#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# symbols.sh LIBPICSET PICSET.H: the library exports the functions of its header, all of them and no more.
set -euo pipefail
export LC_ALL=C

exported=$(nm -D --defined-only "$1" | awk '{ print $NF }' | sort)
declared=$(tr '\n' ' ' <"$2" | grep -oE 'PICSET_API [^;]*;' | grep -oE '\bpicset_[a-z_]+ ?\(' | tr -d ' (' | sort)
[[ $(wc -w <<<"$declared") -ge 5 ]] || { echo "found no functions in $2" && exit 1; }
diff <(echo "$declared") <(echo "$exported") && echo "$(wc -w <<<"$exported") functions"
