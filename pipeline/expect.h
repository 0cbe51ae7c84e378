/* SPDX-License-Identifier: MIT
 * What a file must be like to be an output of a preset: what its `require` says, and for all else
 * what the output makes of any image. The latter is found by planning a few very different images:
 * what comes out of all of them alike is required, what differs is free. Knows no stage by name. */
#ifndef PICSET_EXPECT_H
#define PICSET_EXPECT_H

#include "pattern.h"
#include "plan.h"

struct expectation {
    const struct output_line *line;
    const struct pattern *pattern; /* NULL: inlined */
    unsigned formats;              /* bits 1 << enum format; 0: any */
    struct range width, height;    /* px; not given: any */
    struct range pixels;
    struct texts sizes; /* "1290x2796": taken as well */
    bool optional;      /* may be missing */
    struct aspect aspect;
    int64_t bytes;           /* at most; 0: any number */
    int alpha;               /* 0: no channel, 1: a channel, -1: as it likes */
    unsigned spaces;         /* bits 1 << enum space; 0: any */
    bool still;              /* one frame */
    unsigned keep;           /* enum keep: what must not be lost */
    enum stage_kind kind;    /* ENCODE, PACK, COPY */
    const struct step *step; /* of the last stage, for a large image; NULL: never made */
    bool shrinks;            /* is made smaller of an image that is small */
};

struct expected {
    const struct preset *preset; /* that was asked for */
    const struct recipe *recipe;
    const struct limits *limits;
    struct arena *arena;
    struct expectation *lines; /* one for each of recipe->lines */
    struct plan *plan;         /* of a large image */
};

PICSET_NODISCARD enum status expect_recipe(const struct preset *preset, const struct recipe *recipe,
                                           const struct limits *limits, struct arena *arena,
                                           struct expected *out, struct error *error);
void expect_end(struct expected *expected);

/* An image that nobody has seen, known by what was made of it. */
struct guess {
    const char *name, *dir;
    int width, height; /* at least */
    bool alpha, animated;
    unsigned inputs; /* bits: the i-th of the recipe's named inputs was given */
};
/* What would be made of it; the plan is the caller's. */
PICSET_NODISCARD enum status expect_plan(const struct expected *expected, const struct guess *guess,
                                         struct plan **out, struct error *error);
/* Bits of the inputs without which nothing is made of the line; 0: main is enough. */
unsigned expect_inputs(const struct expected *expected, const struct output_line *line);

#endif
