/* SPDX-License-Identifier: MIT
 * The renditions that a browser chooses from: by media query, type, and width or density. What
 * `picture`, `srcset` and `css` have in common. */
#ifndef PICSET_CANDIDATES_H
#define PICSET_CANDIDATES_H

#include "emit.h"

enum candidate_role { CANDIDATE_IMAGE, CANDIDATE_PLACEHOLDER };

struct candidate_options { /* of an entry */
    int role;
    const char *sizes, *media;
    struct ratio density;
};
extern const struct option candidate_options[];

struct candidate {
    const struct record_rendition *rendition;
    const char *sizes, *media;
    double density; /* 0: chosen by width */
    int type;       /* rank of its format: browsers take the first that they know */
    size_t group;   /* rank of its media query: as written, the empty one last */
};

struct candidates {
    struct candidate *list; /* sorted: group, type, density, width; none twice */
    size_t count;
    const struct record_rendition *placeholder; /* the first entry with that role; or NULL */
};

PICSET_NODISCARD enum status candidates_collect(const struct emitter *emitter,
                                                const struct record_set *set, struct arena *arena,
                                                struct candidates *out, struct error *error);

/* How many from `first` on have its media query and type: they stand in one srcset. */
size_t candidates_run(const struct candidates *candidates, size_t first);

/* The value of srcset: "a.webp 640w, b.webp 1280w". One alone needs no descriptor. */
void candidates_srcset(const struct candidate *run, size_t count, const char *from,
                       const char *base, struct buffer *out);
/* The run is chosen by density: no `sizes` then. */
bool candidates_dense(const struct candidate *run, size_t count);

#endif
