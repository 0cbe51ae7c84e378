/* SPDX-License-Identifier: MIT
 * File patterns that the shell did not expand: *, ?, [a-z], {jpg,png}, and ** for any folders.
 * Knows text only; the walk over the disk is in inputs.c. */
#ifndef PICSET_CLI_GLOB_H
#define PICSET_CLI_GLOB_H

#include "arena.h"

bool glob_is_pattern(const char *text);

/* "a{b,c}" into "ab" and "ac"; a brace without its partner stands for itself. At most 1024
 * patterns, else STATUS_USAGE. */
PICSET_NODISCARD enum status glob_expand(const char *pattern, struct arena *arena,
                                         const char *const **out, size_t *count,
                                         struct error *error);

struct glob {
    const char *base;            /* the folder before the first pattern: "photos", ".", "/" */
    const char *const *segments; /* between '/'; neighbouring "**" are one; NULL ends */
    size_t count;
};

/* Takes one of glob_expand's patterns apart. Without any pattern the last segment is the name. */
PICSET_NODISCARD enum status glob_split(const char *pattern, struct arena *arena, struct glob *out,
                                        struct error *error);

bool glob_any_folders(const char *segment); /* "**" */
/* Names that begin with '.' are matched only by a segment that does, too. */
bool glob_matches(const char *segment, const char *name);

#endif
