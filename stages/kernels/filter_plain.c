/* SPDX-License-Identifier: MIT
 * PNG's row filters as they are defined, one byte at a time: the truth for all others. */
#include "filter_parts.h"

static inline int64_t weight(enum row_filter filter, const uint8_t *row, const uint8_t *above,
                             int64_t count, int step)
{
    int64_t sum = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += filter_weight(filter_byte(filter, row, above, i, step));
    }
    return sum;
}

static void weigh(const uint8_t *row, const uint8_t *above, int64_t count, int step,
                  int64_t sums[ROW_FILTERS])
{
    sums[ROW_NONE] = weight(ROW_NONE, row, above, count, step);
    sums[ROW_SUB] = weight(ROW_SUB, row, above, count, step);
    sums[ROW_UP] = weight(ROW_UP, row, above, count, step);
    sums[ROW_AVERAGE] = weight(ROW_AVERAGE, row, above, count, step);
    sums[ROW_PAETH] = weight(ROW_PAETH, row, above, count, step);
}

static void apply(enum row_filter filter, const uint8_t *row, const uint8_t *above, int64_t count,
                  int step, uint8_t *out)
{
    for (int64_t i = 0; i < count; i++) {
        out[i] = filter_byte(filter, row, above, i, step);
    }
}

const struct filter_kernels filter_plain = {.name = "c", .weigh = weigh, .apply = apply};
