/* SPDX-License-Identifier: MIT
 * Making pictures of bytes smaller, all bands alike (no alpha): sums of fixed weights, once down
 * the columns and once across the rows, SHRINK_ROWS results at a time. In between these lie turned,
 * the rows of a column beside each other, so that both sums are sums of whole vectors. The plain
 * loops are the truth; vectors make the same bytes, since all of it is whole numbers. */
#ifndef PICSET_SHRINK_H
#define PICSET_SHRINK_H

#include <stddef.h>
#include <stdint.h>

#include "reduce.h"

enum {
    SHRINK_ROWS = 16,    /* results that are made at once, beside each other once turned */
    SHRINK_BANDS = 5,    /* at most */
    SHRINK_COLUMNS = 64, /* samples of a row that are summed at once; the last ones are padded */
    SHRINK_ONE = 1 << 14 /* the weight 1: the weights of a result add up to it exactly */
};

/* One direction: result i is the sum of weights[i * taps + k] times sample first[i] + k, which lies
 * in 0..in - 1 for all k < taps. */
struct shrink_axis {
    int in, out, taps;
    int *first;       /* `out` of them */
    int16_t *weights; /* `out` * taps; room for reduce_taps times `out` while it is filled */
};

/* Of the same sums in floats: rounded, what lies outside of the picture added to its last samples,
 * weights of 0 at both ends left out. Sets taps. */
void shrink_axis_fill(struct shrink_axis *axis, const struct reduce_axis *from);
/* Samples that SHRINK_ROWS results need, from first[top] on; most of them over all `top` that are
 * multiples of SHRINK_ROWS. */
int shrink_reach(const struct shrink_axis *axis, int top);
int shrink_reach_most(const struct shrink_axis *axis);

static inline int shrink_columns_padded(int columns)
{
    return (columns + SHRINK_COLUMNS - 1) / SHRINK_COLUMNS * SHRINK_COLUMNS;
}

struct shrink_kernels {
    const char *name;
    /* Results top..top + SHRINK_ROWS - 1 (those from axis->out on repeat the last): rows[0] is the
     * row axis->first[top], of `columns` samples. `tile` has room for SHRINK_COLUMNS a row of the
     * reach, `turned` for SHRINK_ROWS a column, columns padded. */
    void (*down)(const struct shrink_axis *axis, int top, const uint8_t *const *rows, int columns,
                 int16_t *tile, int16_t *turned);
    /* Of what `down` made: axis->out pixels of `bands` samples into each of the rows. */
    void (*across)(const struct shrink_axis *axis, int bands, const int16_t *turned,
                   uint8_t *const out[SHRINK_ROWS]);
};

extern const struct shrink_kernels shrink_plain;
/* NULL when this build, or this processor, has none. */
const struct shrink_kernels *shrink_vectors(void);

#endif
