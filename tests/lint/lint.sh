#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# lint.sh CHECK ROOT [PROGRAM]: holds one rule of the code over the tracked files of ROOT. Prints each
# breach as FILE:LINE: what is wrong. Exits 0 when there is none, 1 otherwise, 77 when it cannot tell.
set -euo pipefail
export LC_ALL=C

check=$1
cd "$2"
program=${3:-}
longest_function=80 # lines
longest_file=600    # lines

files() { # PATTERN…: tracked files, or all when this is no git checkout
    if git rev-parse --show-toplevel >/dev/null 2>&1 && [[ $(git rev-parse --show-prefix) == "" ]]; then
        git ls-files -- "$@" | while read -r file; do [[ ! -e $file ]] || echo "$file"; done
    else
        local pattern
        find . -type f ! -path './build*/*' ! -path './.git/*' ! -path './.prebuilt/node_modules/*' \
            ! -path './demo/*' | sed 's,^\./,,' | sort | while read -r file; do
            for pattern in "${@:-*}"; do
                # shellcheck disable=SC2053
                [[ $file != $pattern ]] || { echo "$file" && break; }
            done
        done
    fi
}

c_files() {
    files '*.c' '*.h'
}

# FILE:LINE:code of every line of the given files, comments and the insides of strings blanked.
code() {
    xargs -r awk '
        FNR == 1 { comment = 0 }
        {
            out = ""; text = $0
            while (text != "") {
                if (comment) {
                    end = index(text, "*/")
                    if (!end) { text = ""; break }
                    text = substr(text, end + 2); comment = 0
                } else if (match(text, /\/\*|\/\/|"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047/)) {
                    out = out substr(text, 1, RSTART - 1)
                    found = substr(text, RSTART, 2)
                    rest = substr(text, RSTART + RLENGTH)
                    if (found == "/*") comment = 1
                    else if (found == "//") rest = ""
                    else out = out substr(found, 1, 1) substr(found, 1, 1)
                    text = rest
                } else { out = out text; text = "" }
            }
            print FILENAME ":" FNR ":" out
        }'
}

# grep that does not fail when nothing is found: the lines that match, the others, and those as breaches.
only() { # grep-arguments…
    grep "$@" || true
}

except() { # grep-arguments…
    only -v "$@"
}

none() { # WHAT grep-arguments…
    only "${@:2}" | while IFS= read -r line; do echo "$line    ← $1"; done
}

in_files() { # grep-arguments…: FILE:LINE:text of the files named on standard input
    xargs -r grep -nIH "$@" || true
}

includes() { # "FOLDER/|FOLDER/": FILE:LINE:HEADER of every include in them
    files '*.c' '*.h' '*.def' | only -E "^($1)" | in_files -E '^#\s*include' | sed -E 's/#\s*include\s*//'
}

check_layers() {
    local engine_only='preset|recipe|template|plan|explain|batch|pool|budget|run|record_write|store|journal|generate|file|picset|project'
    local stages emitters
    local all='pipeline/|stages/' header codec file
    includes "$all" | except -E '^(stages/|pipeline/image\.c)' | none "libvips outside of stages/ and pipeline/image.c" '<vips/'
    includes "$all" | except '^pipeline/json\.c' | none "jansson outside of pipeline/json.c" '<jansson\.h'
    includes "$all" | except -E '^pipeline/(store|journal|journal_rows)\.c' |
        none "sqlite outside of pipeline/store.c and journal*.c" '<sqlite3\.h'
    while read -r header file; do
        includes "$all" | except -E "^stages/generate/$file[a-z_]*\.[ch]:" |
            none "<$header outside of stages/generate/$file*.c" "<$header"
    done <<'END'
curl/ http
microhttpd\.h server
openssl/ hmac
END
    while read -r header codec; do
        includes "$all" | except -E "^stages/(encode|load)/$codec[a-z_]*\.[ch]:" |
            none "<$header outside of the $codec encoder and decoder" "<$header"
    done <<'END'
jpeglib\.h jpeg
png\.h png
webp/ webp
jxl/ jxl
END
    includes stages/ | none "a stage knows no argv, preset, plan, store or JSON file" -E "\"(\.\./)*(pipeline/)?(cli/.*|$engine_only)\\.h\""
    files '*.c' '*.h' | only ^stages/ | code | none "a stage knows no argv" -w argv
    includes stages/kernels/ | none "a kernel knows stdint.h only" -vE '<(stdint|stddef|stdbool|math|immintrin|arm_neon)\.h>|"[a-z0-9_]+\.h"'
    includes stages/kernels/ | none "a kernel knows stdint.h only" -E '"(stage|emitter|image|error|facts|option|source|arena|buffer)\.h"'
    includes pipeline/ | none "the engine knows stage.h and emitter.h only" -E '"(\.\./)?stages/'
    stages=$(names stages)
    emitters=$(names emitters)
    files '*.c' '*.h' | only ^pipeline/ | code |
        none "the engine knows no stage by name" -E "\\b(stage_(${stages//$'\n'/|})|emitter_(${emitters//$'\n'/|}))\\b[^(]"
    c_files | only ^pipeline/ | in_files -E '(stage|emitter)_find\("' | none "the engine knows no stage by name" ''
}

names() { # stages | emitters: the names of the registry
    sed -nE 's/^(STAGE|EMITTER)\(([a-z_]+)\).*/\2/p' "stages/$1.def"
}

check_spdx() {
    local file
    files | while read -r file; do
        case $file in
        *.c | *.h | *.def) [[ $(head -n 1 "$file") == '/* SPDX-License-Identifier: MIT'* ]] || echo "$file:1: no SPDX line" ;;
        *.sh | *.cmake | *.in | CMakeLists.txt | */CMakeLists.txt | dev | .ci/run)
            head -n 2 "$file" | grep -q '^# SPDX-License-Identifier: MIT$' || echo "$file:1: no SPDX line"
            ;;
        esac
    done
}

check_banned() {
    local calls='strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|system|popen|alloca|setlocale'
    c_files | code | none "banned" -E "\\b($calls)[[:space:]]*\\("
    c_files | only -E '^(pipeline|stages)/' | code | except '^pipeline/memory\.c:' |
        none "heap only through memory.h" -E '\b(malloc|calloc|realloc|strdup|strndup|asprintf|vasprintf)[[:space:]]*\('
    c_files | code | none "thread-local" -E '\b(_Thread_local|__thread|thread_local)\b'
    c_files | in_files -E '\b(TODO|FIXME|XXX|HACK)\b' | none "unfinished" ''
    c_files | code | none "a name of ours ends in _t" -E '^[^:]*:[0-9]*:(typedef.*[a-z]_t;|(struct|enum|union) [a-z_]+_t\b)'
}

check_length() {
    c_files | while read -r file; do
        awk -v file="$file" -v longest="$longest_function" -v limit="$longest_file" '
            /^\{/ { start = NR - 1; open = 1 }
            /^\}/ && open { open = 0; if (NR - start > longest) print file ":" start ": function of " NR - start " lines, at most " longest }
            END { if (NR > limit) print file ":" NR ": file of " NR " lines, at most " limit }' "$file"
    done
}

check_format() {
    # Another version lays out differently: Debian 12's is the judge.
    clang-format --version 2>/dev/null | grep -q 'version 14\.' || { echo "skipped: no clang-format 14" && exit 77; }
    c_files | xargs -r clang-format --dry-run 2>&1 |
        sed -nE 's/^([^: ]+):([0-9]+):[0-9]+: warning:.*/\1:\2: not as clang-format lays it out/p' | sort -u -t: -k1,1
}

check_paths() {
    files | except '^LICENSE$' | in_files -E \
        '/(work|farm|old_root)/[a-z]|/tmp/(w[t]|build)|/r[o]ot/|registry[.]npm|registry[.]yarn|nodesource[.]|deb[.]debian[.]org|"resolve[d]"' |
        none "a machine's path or a registry's host" ''
}

check_toplevel() {
    files | cut -d/ -f1 | sort -u | none "not at the top of the repository" \
        -vxE 'pipeline|stages|presets|tests|bench|CMakeLists\.txt|README\.md|dev|LICENSE|\..+'
}

check_stages() {
    local name shown
    for name in $(names stages) $(names emitters); do
        compgen -G "tests/*/$name*_test.c" >/dev/null || compgen -G "tests/*/*_${name}_test.c" >/dev/null ||
            echo "stages/stages.def:1: '$name' has no tests/*/${name}_test.c"
        shown=${name//_/-}
        [[ -z $program ]] || "$program" stages "$shown" 2>/dev/null | grep -q "$shown" ||
            echo "stages/stages.def:1: '$program stages $shown' shows no page"
    done
}

# Mutable data of the engine's archive. Allowed: guards of pthread_once and what is written under
# them, and the faults that tests inject.
check_globals() {
    local allowed='.*: ([a-z_]*once|__.*|\..*)|image.*: (library_(started|version)|work_lock)|mozjpeg.*: mozjpeg_there|http_heap.*: curl_there|.*: [a-z]+_(late|found)'
    allowed+='|file.*: (fault_[a-z]+|change_count)|memory.*: (allocations|failing|refusals)'
    objdump -t "$program" | awk '
        /:     file format/ { object = $1 }
        NF >= 3 && $(NF - 2) ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $(NF - 2) !~ /^\.data\.rel\.ro/ && $(NF - 1) !~ /^0+$/ {
            print object " " $NF
        }' | except -E "^($allowed)(\\.[0-9]+)?\$" | none "mutable global" ''
}

[[ $(files | wc -l) -gt 10 || -n ${LINT_FEW:-} ]] || { echo "lint: no files found in $PWD" && exit 1; }
breaches=$("check_$check")
[[ -z $breaches ]] || { echo "$breaches" && exit 1; }
