/* SPDX-License-Identifier: MIT
 * One stage planned and run as the engine does it, for the tests of stages. */
#ifndef PICSET_TEST_STAGE_RUN_H
#define PICSET_TEST_STAGE_RUN_H

#include <vips/vips.h>

#include "stage.h"

/* Options of a stage from JSON text ("{}" for the defaults), checked; fails the test with the
 * message when they are wrong. In the arena. */
const void *stage_options(struct arena *arena, const char *stage, const char *json);
/* The message of the error that the options give; "" when they are right. In the arena. */
const char *stage_options_error(struct arena *arena, const char *stage, const char *json);

struct planned {
    struct step steps[8]; /* after expand; skipped ones too */
    int count;
    enum status status;
    struct error error;
};

struct given { /* all may be NULL */
    const struct measure *measured;
    const struct facts *input; /* of whatever input is asked for */
    const struct source *source;
};

/* expand and plan; `given` may be NULL. Wants are the caller's matter. */
struct planned stage_planned(struct arena *arena, const char *stage, const char *json,
                             const struct facts *in, const struct given *given);
const struct facts *planned_out(const struct planned *planned);
/* The details (or "skipped: …") of all steps, joined by " | ". In the arena. */
const char *planned_words(struct arena *arena, const struct planned *planned);

/* Runs all steps to memory; fails the test on an error. `input` is what flow->input gives. */
VipsImage *planned_run(const struct planned *planned, VipsImage *in, VipsImage *input);
/* Plans and runs in one. */
VipsImage *stage_applied(const char *stage, const char *json, const struct facts *in,
                         VipsImage *image);

/* The image in memory: the test fails on an error. */
VipsImage *computed(VipsImage *image);

#endif
