/* SPDX-License-Identifier: MIT
 * Paths of a preset read backward: which files on disk a path with the plan's words could be, and
 * what the words then stand for. Knows text only, no disk. */
#ifndef PICSET_PATTERN_H
#define PICSET_PATTERN_H

#include "arena.h"
#include "value.h"

/* In the order of template_words. */
enum word {
    WORD_NAME,
    WORD_DIR,
    WORD_PRESET,
    WORD_WIDTH,
    WORD_HEIGHT,
    WORD_FORMAT,
    WORD_EXT,
    WORD_HASH,
    WORD_COUNT
};

struct binding {
    const char *words[WORD_COUNT]; /* NULL: does not stand in the path */
};

struct pattern;

/* Of a path as an output keeps it: literal text and plan words. `any_extension`: where it ends in a
 * format's extension, any other format's will do. NULL when memory is short. */
const struct pattern *pattern_of(const struct value *path, const char *preset, bool any_extension,
                                 struct arena *arena);
/* The whole of `path`; the binding's texts live in the arena. A failed allocation is no match. */
bool pattern_match(const struct pattern *pattern, const char *path, struct arena *arena,
                   struct binding *out);
/* How much of it is fixed: of several that match, the one with the most says the most. */
size_t pattern_weight(const struct pattern *pattern);
bool pattern_has(const struct pattern *pattern, enum word word);
bool pattern_equal(const struct pattern *a, const struct pattern *b);

#endif
