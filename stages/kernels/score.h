/* SPDX-License-Identifier: MIT
 * The row loops of SSIMULACRA2, once as plain C (the truth), once as vectors of eight. All make the
 * same bits: no fused multiply-add, and sums over eight lanes that are added in one order. */
#ifndef PICSET_KERNEL_SCORE_H
#define PICSET_KERNEL_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCORE_LANES = 8,
    SCORE_REACH = 4, /* px to either side that the blur sees */
    SCORE_TAPS = 2 * SCORE_REACH + 1
};

enum score_number { /* what is summed up over a plane; the last three to the fourth power */
                    SCORE_SSIM,
                    SCORE_RINGING,
                    SCORE_LOSS,
                    SCORE_SSIM4,
                    SCORE_RINGING4,
                    SCORE_LOSS4,
                    SCORE_NUMBERS
};

/* Blurred down the columns: both planes, the sum of their squares, the square of their difference.
 */
enum score_signal { SCORE_ORIGINAL, SCORE_DISTORTED, SCORE_POWER, SCORE_ERROR, SCORE_SIGNALS };

/* Rows of floats, at any address. Whole groups of SCORE_LANES are read and written: there must be
 * room for `count` rounded up. */
struct score_kernels {
    const char *name;
    /* Linear RGB to the three planes X, Y, B, shifted into the positive; a NULL plane is left out.
     */
    void (*opsin)(const float *const rgb[3], int count, float *const planes[3]);
    /* The mean of 2x2: count is of the result. */
    void (*halve)(const float *upper, const float *lower, int count, float *out);
    void (*blur_down)(const float *const original[SCORE_TAPS],
                      const float *const distorted[SCORE_TAPS], int count,
                      float *const out[SCORE_SIGNALS]);
    /* Blurs along the row, with SCORE_REACH values to be read on either side, and adds up. Without
     * `edges` only the SSIM numbers are added, without `ssim` only the others. */
    void (*add_up)(const float *original, const float *distorted,
                   const float *const signals[SCORE_SIGNALS], int count, bool ssim, bool edges,
                   double sums[SCORE_NUMBERS]);
};

extern const struct score_kernels score_plain;
/* NULL when this build, or this processor, has none. */
const struct score_kernels *score_vectors(void);

#endif
