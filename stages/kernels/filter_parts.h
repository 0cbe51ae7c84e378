/* SPDX-License-Identifier: MIT
 * One byte of each of PNG's filters, for plain loops and for the ends of vector loops. */
#ifndef PICSET_KERNEL_FILTER_PARTS_H
#define PICSET_KERNEL_FILTER_PARTS_H

#include "filter.h"

static inline int filter_distance(int a, int b)
{
    return a > b ? a - b : b - a;
}

static inline int filter_promise(enum row_filter filter, int left, int up, int corner)
{
    const int guess = left + up - corner;
    const int from_left = filter_distance(guess, left), from_up = filter_distance(guess, up);
    const int from_corner = filter_distance(guess, corner);
    switch (filter) {
    case ROW_SUB:
        return left;
    case ROW_UP:
        return up;
    case ROW_AVERAGE:
        return (left + up) / 2;
    case ROW_PAETH:
        return from_left <= from_up && from_left <= from_corner ? left
               : from_up <= from_corner                         ? up
                                                                : corner;
    default:
        return 0;
    }
}

/* What a filter leaves of byte i; there are zeros left of the row. */
static inline uint8_t filter_byte(enum row_filter filter, const uint8_t *row, const uint8_t *above,
                                  int64_t i, int step)
{
    const int left = i < step ? 0 : row[i - step], corner = i < step ? 0 : above[i - step];
    return (uint8_t)(row[i] - filter_promise(filter, left, above[i], corner));
}

static inline int filter_weight(uint8_t left_over)
{
    return left_over < 128 ? left_over : 256 - left_over;
}

#endif
