/* SPDX-License-Identifier: MIT
 * Making a picture with alpha smaller: 8-bit rows in and out, alpha last, colour weighed by alpha
 * in between. Lanczos with three lobes, one sum across and one down. The caller owns the memory. */
#ifndef PICSET_REDUCE_H
#define PICSET_REDUCE_H

#include <stddef.h>
#include <stdint.h>

enum { REDUCE_TOGETHER = 4 }; /* sums beside each other: taps are a multiple of it */

/* One direction: output i is the sum of weights[i * taps + k] times input first[i] + k. What lies
 * outside of 0..in - 1 repeats the last sample. */
struct reduce_axis {
    int in, out, taps;
    int *first;     /* `out` of them */
    float *weights; /* `out` * taps */
};

/* Taps of a reduction by `factor`, which is at least 1; those too many weigh nothing. */
int reduce_taps(double factor);
/* Fills first and weights; `picture` is how much of `in` the picture takes, about its middle. */
void reduce_axis_fill(struct reduce_axis *axis, double picture);

/* The plain loops are the truth; vectors make the same bits: products are not fused with sums, and
 * sums run in one order. */
struct reduce_kernels {
    const char *name;
    /* A row of `bands` (2 or 4) bytes a pixel, summed across. `wide` has room for (in + 2 * taps) *
     * bands floats, `out` gets axis->out * bands: colour times alpha / 255, and alpha. */
    void (*across)(const struct reduce_axis *axis, const uint8_t *row, int bands, float *wide,
                   float *out);
    /* The sum of `taps` such rows of `count` pixels, alpha divided out, rounded to nearest; `sum`
     * has room for one. */
    void (*down)(const float *const *rows, const float *weights, int taps, int bands, int count,
                 float *sum, uint8_t *out);
};

extern const struct reduce_kernels reduce_plain;
/* NULL when this build, or this processor, has none. */
const struct reduce_kernels *reduce_vectors(void);

#endif
