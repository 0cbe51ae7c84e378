/* SPDX-License-Identifier: MIT
 * For tests of stages that write: pictures made of formulas, and a stage from JSON options to
 * bytes. */
#ifndef PICSET_TEST_ENCODING_H
#define PICSET_TEST_ENCODING_H

#include "image.h"

extern const struct stage stage_encode, stage_metadata, stage_copy, stage_pack;

/* A picture that compresses like a photograph: smooth slopes, edges, some grain. bands 1..4, bits 8
 * or 16; with alpha (2 and 4 bands) a slope from clear to opaque and a hard edge. */
VipsImage *picture_new(int width, int height, int bands, int bits);
/* As picture_new, frames one below the other, each other than the one before, 40 ms each. */
VipsImage *picture_frames(int width, int height, int bands, int frames);
const uint8_t *picture_bytes(VipsImage *picture);

struct encoding {
    struct arena *arena;
    struct step step;
    struct source source;
    struct flow flow;
    struct error error;
    enum status status; /* of the last call; the steps after a failed one are not taken */
    double quality;     /* the one really used */
    struct buffer bytes;
    char message[1700]; /* error_format of the failure */
};

/* Defaults, options (JSON), check. */
void encoding_start(struct encoding *encoding, const struct stage *stage, const char *options);
/* Sets step.in to what the picture is, then plans. Facts set before (keep, space) stay. */
void encoding_plan(struct encoding *encoding, const VipsImage *picture);
void encoding_plan_facts(struct encoding *encoding, const struct facts *facts);
void encoding_run(struct encoding *encoding, VipsImage *picture);
void encoding_end(struct encoding *encoding);

/* All four: the bytes stay in the encoding, which the caller ends. */
void encode_picture(struct encoding *encoding, const char *options, VipsImage *picture);

#endif
