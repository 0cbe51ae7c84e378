/* SPDX-License-Identifier: MIT
 * Making a picture with alpha smaller: 8-bit rows in and out, alpha last, colour weighed by alpha
 * in between. Lanczos with three lobes, one sum across and one down. The caller owns the memory. */
#ifndef PICSET_REDUCE_H
#define PICSET_REDUCE_H

#include <stdint.h>

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

/* A row of `bands` (2 or 4) bytes a pixel, summed across. `wide` has room for (in + 2 * taps) *
 * bands floats, `out` gets axis->out * bands: colour times alpha / 255, and alpha. */
void reduce_across(const struct reduce_axis *axis, const uint8_t *row, int bands, float *wide,
                   float *out);
/* The sum of `taps` such rows of `count` pixels, alpha divided out, rounded to nearest. */
void reduce_down(const float *const *rows, const float *weights, int taps, int bands, int count,
                 float *sum, uint8_t *out);

#endif
