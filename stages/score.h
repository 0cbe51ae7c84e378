/* SPDX-License-Identifier: MIT
 * How much two images differ to the eye: SSIMULACRA2 (version 2.1, Jon Sneyers). 100 is identical,
 * 90 visually lossless, 70 high, 50 medium, 30 low; below 0 is possible. Not symmetric. Stateless,
 * callable from any thread; knows no stage and no libvips. */
#ifndef PICSET_STAGES_SCORE_H
#define PICSET_STAGES_SCORE_H

#include <stdint.h>
#include "error.h"
#include "kernels/score.h"

/* 8-bit rows as they lie: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha; sRGB. */
struct score_view {
    const uint8_t *bytes;
    size_t stride;
    int bands;
    uint8_t behind; /* grey that see-through pixels lie on, 0..255 */
};

struct score_job {
    struct score_view original, distorted;
    int width, height;
    bool whole; /* also the numbers whose weights are too small to be seen: for tests */
    const struct score_kernels *kernels; /* NULL: the fastest that is allowed here */
};

/* The fastest of this processor; the plain ones when --cpu says so. */
const struct score_kernels *score_kernels_here(void);

/* What a job allocates, in one block: some rows of every scale, no plane. */
size_t score_bytes(int width, int height);
/* An image with a side under 8 px has no scale: 100 whatever it holds. */
PICSET_NODISCARD enum status score_rows(const struct score_job *job, double *score,
                                        struct error *error);

#endif
