/* SPDX-License-Identifier: MIT
 * What the two halves of the load stage share: deciding (load.c) and decoding (decode.c). */
#ifndef PICSET_LOAD_LOAD_H
#define PICSET_LOAD_LOAD_H

#include "stage.h"

enum load_fail_on { FAIL_ON_NONE, FAIL_ON_TRUNCATED, FAIL_ON_ERROR, FAIL_ON_WARNING };
enum load_frames { FRAMES_FIRST, FRAMES_ALL };

struct load_options {
    int fail_on; /* enum load_fail_on */
    int frames;  /* enum load_frames */
    int page;
};

/* The frame that is taken of an animation: the last one when it has not as many as asked. */
int load_page(const struct load_options *options, const struct facts *in);

/* 1, 2, 4 or 8: how much smaller the decoder may make the image when `scale` of it is enough. */
int load_shrink(const struct facts *facts, double scale);

enum status load_run(const struct step *step, const struct flow *flow, VipsImage *in,
                     VipsImage **out, struct error *error);

#endif
