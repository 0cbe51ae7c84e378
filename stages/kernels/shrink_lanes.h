/* SPDX-License-Identifier: MIT
 * The loops of shrink.h sixteen rows at a time, in the compilers' own vectors: the file that
 * includes it says for which processor, and has two steps of its own. */
#ifndef PICSET_KERNEL_SHRINK_LANES_H
#define PICSET_KERNEL_SHRINK_LANES_H

#include "shrink_parts.h"

#define INLINE static inline __attribute__((always_inline))

enum {
    GROUPS = SHRINK_COLUMNS / SHRINK_ROWS,
    /* Bytes of a row that are asked for ahead: rows are read in short pieces, which the processor
     * does not foresee (18 MP to 1920 px: 36 ms without, 25 with one piece ahead, 19 with six). */
    AHEAD = 6 * SHRINK_COLUMNS
};

typedef int16_t lanes __attribute__((vector_size(2 * SHRINK_ROWS)));
typedef uint8_t octets __attribute__((vector_size(SHRINK_ROWS)));
typedef int16_t lanes_anywhere __attribute__((vector_size(2 * SHRINK_ROWS), aligned(2), may_alias));
typedef uint8_t octets_anywhere __attribute__((vector_size(SHRINK_ROWS), aligned(1), may_alias));

/* (value * weight + 2^14) >> 15 */
INLINE lanes share(lanes value, lanes weight);
/* Each as -128..127, what is beyond as these. */
INLINE octets signed_octets(lanes values);

INLINE lanes get(const int16_t *from)
{
    return *(const lanes_anywhere *)from;
}

INLINE void put(int16_t *to, lanes values)
{
    *(lanes_anywhere *)to = values;
}

INLINE lanes all(int16_t value)
{
    return value - (lanes){0};
}

/* ---- Turning -------------------------------------------------------------------------------- */

/* Elements of a and b in turns, of the first or the last quarter of each half. */
#define ZIP_FIRST(a, b)                                                                            \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 8, 24, 9, 25, 10, 26, 11, 27)
#define ZIP_LAST(a, b)                                                                             \
    __builtin_shufflevector(a, b, 4, 20, 5, 21, 6, 22, 7, 23, 12, 28, 13, 29, 14, 30, 15, 31)

/* Sixteen rows of sixteen become columns. Each zip of all rows moves the top bit of an element's
 * number, row and place read as one, to its end: after four of them the row stands last. Halves of
 * vectors go through it on their own, as the processor has it, and are joined at the end. */
INLINE void turn_lanes(const int16_t *from, int64_t stride, int16_t *to)
{
    lanes rows[SHRINK_ROWS], next[SHRINK_ROWS];
    for (int i = 0; i < SHRINK_ROWS; i++) {
        rows[i] = get(from + i * stride);
    }
    for (int turn = 0; turn < 4; turn++) {
        for (int i = 0; i < SHRINK_ROWS / 2; i++) {
            next[2 * i] = ZIP_FIRST(rows[i], rows[i + SHRINK_ROWS / 2]);
            next[2 * i + 1] = ZIP_LAST(rows[i], rows[i + SHRINK_ROWS / 2]);
        }
        for (int i = 0; i < SHRINK_ROWS; i++) {
            rows[i] = next[i];
        }
    }
    for (int i = 0; i < SHRINK_ROWS / 2; i++) {
        const lanes a = rows[2 * i], b = rows[2 * i + 1];
        put(to + i * SHRINK_ROWS,
            __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
        put(to + (i + SHRINK_ROWS / 2) * SHRINK_ROWS,
            __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30,
                                    31));
    }
}

INLINE void turn_octets(const uint8_t *from, uint8_t *const out[SHRINK_ROWS], int64_t place)
{
    octets rows[SHRINK_ROWS], next[SHRINK_ROWS];
    for (int i = 0; i < SHRINK_ROWS; i++) {
        rows[i] = *(const octets_anywhere *)(from + i * SHRINK_ROWS);
    }
    for (int turn = 0; turn < 4; turn++) {
        for (int i = 0; i < SHRINK_ROWS / 2; i++) {
            const octets a = rows[i], b = rows[i + SHRINK_ROWS / 2];
            next[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                                  22, 7, 23);
            next[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                                      13, 29, 14, 30, 15, 31);
        }
        for (int i = 0; i < SHRINK_ROWS; i++) {
            rows[i] = next[i];
        }
    }
    for (int i = 0; i < SHRINK_ROWS; i++) {
        *(octets_anywhere *)(out[i] + place) = rows[i];
    }
}

/* ---- Down ----------------------------------------------------------------------------------- */

INLINE void widen(const uint8_t *row, int16_t *out)
{
    for (int i = 0; i < GROUPS; i++) {
        const octets bytes = *(const octets_anywhere *)(row + i * SHRINK_ROWS);
        put(out + i * SHRINK_ROWS, (__builtin_convertvector(bytes, lanes) << 8) ^ all(INT16_MIN));
    }
}

INLINE void widen_some(const uint8_t *row, int count, int16_t *out)
{
    if (count >= SHRINK_COLUMNS) {
        widen(row, out);
    } else {
        uint8_t padded[SHRINK_COLUMNS] = {0};
        __builtin_memcpy(padded, row, (size_t)count);
        widen(padded, out);
    }
}

static void down(const struct shrink_axis *axis, int top, const uint8_t *const *rows, int columns,
                 int16_t *tile, int16_t *turned)
{
    const int reach = shrink_reach(axis, top);
    for (int x = 0; x < columns; x += SHRINK_COLUMNS) {
        int16_t sums[SHRINK_ROWS * SHRINK_COLUMNS];
        for (int y = 0; y < reach; y++) {
            __builtin_prefetch(rows[y] + x + AHEAD);
            widen_some(rows[y] + x, columns - x, tile + (int64_t)y * SHRINK_COLUMNS);
        }
        for (int row = 0; row < SHRINK_ROWS; row++) {
            const int i = top + row < axis->out ? top + row : axis->out - 1;
            const int16_t *from =
                tile + (int64_t)(axis->first[i] - axis->first[top]) * SHRINK_COLUMNS;
            const int16_t *weights = axis->weights + (int64_t)i * axis->taps;
            lanes sum[GROUPS] = {0};
            for (int k = 0; k < axis->taps; k++) {
                const lanes weight = all(weights[k]);
                for (int j = 0; j < GROUPS; j++) {
                    sum[j] += share(get(from + k * SHRINK_COLUMNS + j * SHRINK_ROWS), weight);
                }
            }
            for (int j = 0; j < GROUPS; j++) {
                put(sums + row * SHRINK_COLUMNS + j * SHRINK_ROWS, sum[j]);
            }
        }
        for (int j = 0; j < GROUPS; j++) {
            turn_lanes(sums + j * SHRINK_ROWS, SHRINK_COLUMNS,
                       turned + ((int64_t)x + j * SHRINK_ROWS) * SHRINK_ROWS);
        }
    }
}

/* ---- Across --------------------------------------------------------------------------------- */

INLINE octets octets_of(lanes sums)
{
    const lanes half = all(1 << (SHRINK_LAST_BITS - 1));
    return signed_octets((sums + half) >> SHRINK_LAST_BITS) ^ (uint8_t)SHRINK_MIDDLE;
}

INLINE void across_bands(const struct shrink_axis *axis, int bands, const int16_t *turned,
                         uint8_t *const out[SHRINK_ROWS])
{
    uint8_t made[SHRINK_ROWS * SHRINK_BANDS * SHRINK_ROWS],
        last[SHRINK_ROWS][SHRINK_ROWS * SHRINK_BANDS];
    for (int left = 0; left < axis->out; left += SHRINK_ROWS) {
        const int count = axis->out - left < SHRINK_ROWS ? axis->out - left : SHRINK_ROWS;
        for (int i = 0; i < count; i++) {
            const int16_t *from = turned + (int64_t)axis->first[left + i] * bands * SHRINK_ROWS;
            const int16_t *weights = axis->weights + (int64_t)(left + i) * axis->taps;
            lanes sums[SHRINK_BANDS] = {0};
            for (int k = 0; k < axis->taps; k++) {
                const lanes weight = all(weights[k]);
                for (int band = 0; band < bands; band++) {
                    sums[band] += share(get(from + (k * bands + band) * SHRINK_ROWS), weight);
                }
            }
            for (int band = 0; band < bands; band++) {
                *(octets_anywhere *)(made + (i * bands + band) * SHRINK_ROWS) =
                    octets_of(sums[band]);
            }
        }
        if (count == SHRINK_ROWS) {
            for (int j = 0; j < bands; j++) {
                turn_octets(made + j * SHRINK_ROWS * SHRINK_ROWS, out,
                            ((int64_t)left * bands) + j * SHRINK_ROWS);
            }
            continue;
        }
        uint8_t *rows[SHRINK_ROWS];
        for (int row = 0; row < SHRINK_ROWS; row++) {
            rows[row] = last[row];
        }
        for (int j = 0; j < bands; j++) {
            turn_octets(made + j * SHRINK_ROWS * SHRINK_ROWS, rows, j * SHRINK_ROWS);
        }
        for (int row = 0; row < SHRINK_ROWS; row++) {
            __builtin_memcpy(out[row] + (int64_t)left * bands, last[row], (size_t)(count * bands));
        }
    }
}

static void across(const struct shrink_axis *axis, int bands, const int16_t *turned,
                   uint8_t *const out[SHRINK_ROWS])
{
    switch (bands) { /* with the number known, sums stay in registers */
    case 1:
        across_bands(axis, 1, turned, out);
        break;
    case 3:
        across_bands(axis, 3, turned, out);
        break;
    case 4:
        across_bands(axis, 4, turned, out);
        break;
    default:
        across_bands(axis, bands, turned, out);
        break;
    }
}

#endif
