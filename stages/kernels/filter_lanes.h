/* SPDX-License-Identifier: MIT
 * PNG's row filters 32 bytes at a time, in the compilers' own vectors: the file that includes it
 * says for which processor. */
#ifndef PICSET_KERNEL_FILTER_LANES_H
#define PICSET_KERNEL_FILTER_LANES_H

#include "filter_parts.h"

#define INLINE static inline __attribute__((always_inline))

enum {
    LANES = 32,
    ROUNDS = 255 /* of sums of two weights of at most 128 that 16 bits hold */
};

typedef uint8_t lanes __attribute__((vector_size(LANES)));
typedef int8_t signs __attribute__((vector_size(LANES)));
typedef uint16_t pairs __attribute__((vector_size(LANES)));
typedef uint8_t lanes_anywhere __attribute__((vector_size(LANES), aligned(1), may_alias));

INLINE lanes get(const uint8_t *from)
{
    return *(const lanes_anywhere *)from;
}

INLINE void put(uint8_t *to, lanes values)
{
    *(lanes_anywhere *)to = values;
}

/* All ones where a < b. */
INLINE lanes below(lanes a, lanes b)
{
    return (lanes)(a < b);
}

/* -values where the mask is set. */
INLINE lanes negated(lanes mask, lanes values)
{
    return (values ^ mask) - mask;
}

INLINE lanes half_of_sum(lanes a, lanes b)
{
    return (a & b) + ((a ^ b) >> 1);
}

/* The guess left + up - corner is |up - corner| from left and |left - corner| from up; from the
 * corner it is the difference of both where their signs differ, and else at least as far as the
 * others: then 255 says as much. */
INLINE lanes paeth(lanes left, lanes up, lanes corner)
{
    const lanes falls = below(up, corner), sinks = below(left, corner);
    const lanes from_left = negated(falls, up - corner), from_up = negated(sinks, left - corner);
    const lanes nearer = below(from_left, from_up);
    const lanes from_corner = negated(nearer, from_left - from_up) | ~(falls ^ sinks);
    const lanes not_left = below(from_up, from_left) | below(from_corner, from_left);
    const lanes not_up = below(from_corner, from_up);
    return (left & ~not_left) | (not_left & ((up & ~not_up) | (corner & not_up)));
}

INLINE lanes promise(enum row_filter filter, lanes left, lanes up, lanes corner)
{
    return filter == ROW_SUB       ? left
           : filter == ROW_UP      ? up
           : filter == ROW_AVERAGE ? half_of_sum(left, up)
           : filter == ROW_PAETH   ? paeth(left, up, corner)
                                   : left - left;
}

/* Weights of two bytes each. */
INLINE pairs weights(lanes left_over)
{
    const pairs both = (pairs)negated((lanes)((signs)left_over < 0), left_over);
    return (both & 255) + (both >> 8);
}

INLINE void weigh_block(const uint8_t *row, const uint8_t *above, int64_t count, int step,
                        int64_t sums[ROW_FILTERS])
{
    pairs block[ROW_FILTERS] = {0};
    for (int64_t i = 0; i < count; i += LANES) {
        const lanes here = get(row + i), left = get(row + i - step);
        const lanes up = get(above + i), corner = get(above + i - step);
        block[ROW_NONE] += weights(here);
        block[ROW_SUB] += weights(here - left);
        block[ROW_UP] += weights(here - up);
        block[ROW_AVERAGE] += weights(here - half_of_sum(left, up));
        block[ROW_PAETH] += weights(here - paeth(left, up, corner));
    }
    for (int filter = 0; filter < ROW_FILTERS; filter++) {
        for (int lane = 0; lane < LANES / 2; lane++) {
            sums[filter] += block[filter][lane];
        }
    }
}

static void weigh_bytes(const uint8_t *row, const uint8_t *above, int64_t from, int64_t to,
                        int step, int64_t sums[ROW_FILTERS])
{
    for (int filter = 0; filter < ROW_FILTERS; filter++) {
        for (int64_t i = from; i < to; i++) {
            sums[filter] +=
                filter_weight(filter_byte((enum row_filter)filter, row, above, i, step));
        }
    }
}

/* Where the last whole vector ends: the first `step` bytes have no left neighbour. */
static int64_t whole_end(int64_t count, int step)
{
    return count < step ? step : step + (count - step) / LANES * LANES;
}

static void weigh(const uint8_t *row, const uint8_t *above, int64_t count, int step,
                  int64_t sums[ROW_FILTERS])
{
    const int64_t end = whole_end(count, step), most = (int64_t)ROUNDS * LANES;
    for (int filter = 0; filter < ROW_FILTERS; filter++) {
        sums[filter] = 0;
    }
    weigh_bytes(row, above, 0, count < step ? count : step, step, sums);
    for (int64_t i = step; i < end; i += most) {
        weigh_block(row + i, above + i, end - i < most ? end - i : most, step, sums);
    }
    weigh_bytes(row, above, end, count, step, sums);
}

INLINE void apply_one(enum row_filter filter, const uint8_t *row, const uint8_t *above,
                      int64_t count, int step, uint8_t *out)
{
    const int64_t end = whole_end(count, step);
    for (int64_t i = 0; i < (count < step ? count : step); i++) {
        out[i] = filter_byte(filter, row, above, i, step);
    }
    for (int64_t i = step; i < end; i += LANES) {
        const lanes left = get(row + i - step), corner = get(above + i - step);
        put(out + i, get(row + i) - promise(filter, left, get(above + i), corner));
    }
    for (int64_t i = end; i < count; i++) {
        out[i] = filter_byte(filter, row, above, i, step);
    }
}

/* A loop of its own for each, in which `filter` is a constant. */
static void apply(enum row_filter filter, const uint8_t *row, const uint8_t *above, int64_t count,
                  int step, uint8_t *out)
{
    switch (filter) {
    case ROW_SUB:
        apply_one(ROW_SUB, row, above, count, step, out);
        break;
    case ROW_UP:
        apply_one(ROW_UP, row, above, count, step, out);
        break;
    case ROW_AVERAGE:
        apply_one(ROW_AVERAGE, row, above, count, step, out);
        break;
    case ROW_PAETH:
        apply_one(ROW_PAETH, row, above, count, step, out);
        break;
    default:
        apply_one(ROW_NONE, row, above, count, step, out);
    }
}

#endif
