#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# lint_self.sh LINT.SH: every rule of lint.sh sees its breach, and passes what is right.
set -euo pipefail

lint=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LINT_FEW=1 GIT_CEILING_DIRECTORIES=/
failures=0

file() { # PATH TEXT
    mkdir -p "$folder/$(dirname "$1")"
    printf '%b' "$2" >"$folder/$1"
}

expect() { # CHECK STATUS WHAT [TEXT that must be said]
    local status=0 said
    said=$("$lint" "$1" "$folder" 2>&1) || status=$?
    if ((status != $2)) || [[ $said != *"${4:-}"* ]]; then
        echo "lint $1, $3: status $status instead of $2, said: $said"
        failures=$((failures + 1))
    fi
}

breach() { # CHECK PATH TEXT [TEXT that must be said]
    file "$2" "$3"
    expect "$1" 1 "with $2" "$2${4:-}"
    rm "$folder/$2"
}

spdx='/* SPDX-License-Identifier: MIT */\n'
file stages/stages.def "${spdx}STAGE(resize)\n"
file stages/emitters.def "${spdx}EMITTER(manifest)\n"
file stages/resize.c "$spdx#include <vips/vips.h>\n#include \"stage.h\"\n"
file tests/stages/resize_test.c "${spdx}int main(void)\n{\n    return 0;\n}\n"
file tests/emit/manifest_test.c "$spdx"
for check in layers spdx banned length paths toplevel stages; do
    expect "$check" 0 "with nothing wrong"
done

breach layers pipeline/plan.c '#include <vips/vips.h>\n' ':1'
breach layers pipeline/plan.c '#include <jansson.h>\n'
breach layers stages/encode/jpeg.c '#include <sqlite3.h>\n'
breach layers stages/encode/png.c '#include <jpeglib.h>\n'
breach layers stages/generate/server.c '#include <curl/curl.h>\n'
breach layers pipeline/http.c '#include <microhttpd.h>\n'
breach layers stages/encode/jpeg.c '#include <webp/encode.h>\n'
breach layers stages/blur.c '#include "preset.h"\n'
breach layers stages/blur.c 'int run(char **argv);\n'
breach layers stages/kernels/sum.c '#include "error.h"\n'
breach layers stages/kernels/sum.c '#include <stdio.h>\n'
breach layers pipeline/plan.c '#include "../stages/encode/jpeg.h"\n'
breach layers pipeline/plan.c 'use(&stage_resize);\n'
breach layers pipeline/plan.c 'stage_find("resize");\n'
breach spdx pipeline/plan.c '/* no licence */\n'
breach spdx tests/install/x.sh '#!/bin/sh\n'
breach banned pipeline/plan.c '\n  strcpy (a, b);\n' ':2'
breach banned pipeline/plan.c 'x = malloc(3);\n'
breach banned pipeline/plan.c 'static _Thread_local int x;\n'
breach banned pipeline/plan.c '/* TODO */\n'
breach banned pipeline/plan.c 'typedef int plan_t;\n'
file pipeline/plan.c '/* strcpy(a) */ f("strcpy(a)"); // gets(\nmy_system(1);\n'
expect banned 0 "in comments, strings and longer names"
rm "$folder/pipeline/plan.c"
breach length pipeline/plan.c "void f(void)\n{\n$(printf '\\n%.0s' {1..80})}\n" ':1'
breach length pipeline/plan.c "$(printf '\\n%.0s' {1..601})"
breach paths pipeline/plan.c "/* see /""work/notes */\n"
breach paths .prebuilt/package-lock.json '{ "resolv''ed": "x" }\n'
file notes.txt ''
expect toplevel 1 "with notes.txt" notes.txt
file stages/stages.def "${spdx}STAGE(resize)\nSTAGE(smear)\n"
expect stages 1 "with a stage without a test" smear
globals() { # CODE STATUS
    local status=0
    echo "$1" | cc -x c -c -o "$folder/globals.o" -
    "$lint" globals "$folder" "$folder/globals.o" >/dev/null || status=$?
    ((status == $2)) || { echo "lint globals: '$1' gives $status" && failures=$((failures + 1)); }
}
globals 'int total; ' 1
globals 'int *f(void) { static int calls = 3; return &calls; }' 1
globals 'static _Thread_local int last; int *f(void) { return &last; }' 1
globals 'static int once; const char *const names[] = {"a"}; int *f(void) { return &once; }' 0
if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
    file .clang-format 'BasedOnStyle: LLVM\n'
    breach format pipeline/plan.c 'int   x ;\n' ':1'
fi
((failures == 0))
