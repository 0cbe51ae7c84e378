/* SPDX-License-Identifier: MIT
 * `picset check --for`: do files that lie there, whoever made them, hold to what a preset's
 * platform requires? One finding for each thing that is wrong. Changes nothing. */
#ifndef PICSET_INSPECT_H
#define PICSET_INSPECT_H

#include "preset.h"

struct inspect_target {
    const struct preset *preset;
    const struct recipe *recipe;
    const char *output; /* the only one that is asked for; NULL: all */
};

struct inspect_request {
    const struct preset_library *library;
    const struct inspect_target *targets;
    size_t target_count;
    const char *name; /* only sets of this ${name}; NULL: all */
    bool generated;   /* the images are said to come from a generator */
    int threads;
    struct limits limits;
};

struct finding {
    const char *path; /* as the user would write it */
    const char *rule, *wrong, *allowed;
    const char *preset, *output;  /* output: NULL when it is about no single one */
    const char *source, *checked; /* of the preset; NULL when it says none */
};

struct inspected { /* one path against all targets; lives in the arena */
    const char *path;
    size_t files; /* that were held against something */
    const char
        *taken; /* outputs that a file alone was taken for by its size; NULL: its name says */
    const struct finding *findings;
    size_t finding_count;
};

/* The rules by name, with what they hold; ends with { 0 }: for help. */
struct rule_words {
    const char *name, *what;
};
const struct rule_words *inspect_rules(struct arena *arena); /* NULL when memory is short */

/* `path` is a folder or a file. A missing one: STATUS_MISSING, a predicate without the name. */
PICSET_NODISCARD enum status inspect_path(const struct inspect_request *request, const char *path,
                                          struct arena *arena, struct inspected *out,
                                          struct error *error);

/* One line without its end: "PATH: RULE: WRONG; ALLOWED (PRESET/OUTPUT; SOURCE, checked …)". */
void finding_words(const struct finding *finding, struct buffer *out);

#endif
