/* SPDX-License-Identifier: MIT
 * The row filters of PNG (W3C, Portable Network Graphics, chapter 9): each byte less what its
 * neighbours promise, modulo 256. Once as plain C (the truth), once as vectors of bytes. */
#ifndef PICSET_KERNEL_FILTER_H
#define PICSET_KERNEL_FILTER_H

#include <stddef.h>
#include <stdint.h>

/* As they are numbered in the file. */
enum row_filter { ROW_NONE, ROW_SUB, ROW_UP, ROW_AVERAGE, ROW_PAETH, ROW_FILTERS };

/* A row of `count` bytes and the one above it (zeros above the first); `step` is how many bytes to
 * the left the same sample of the neighbour lies. */
struct filter_kernels {
    const char *name;
    /* Sums of what each filter leaves, bytes taken as signed, without their signs: the filter with
     * the least usually compresses best. */
    void (*weigh)(const uint8_t *row, const uint8_t *above, int64_t count, int step,
                  int64_t sums[ROW_FILTERS]);
    void (*apply)(enum row_filter filter, const uint8_t *row, const uint8_t *above, int64_t count,
                  int step, uint8_t *out);
};

extern const struct filter_kernels filter_plain;
/* NULL when this build, or this processor, has none. */
const struct filter_kernels *filter_vectors(void);

/* What only vectors give: NULL in a build that is not for that processor. */
extern const struct filter_kernels *const filter_avx2, *const filter_neon;

#endif
