/* SPDX-License-Identifier: MIT
 * The loops of a reduction with alpha, two pixels of four bands at a time, in the compilers' own
 * vectors: the file that includes it says for which processor, and gives what they have no words
 * for. The same operations in the same order as reduce_plain.c. */
#ifndef PICSET_REDUCE_LANES_H
#define PICSET_REDUCE_LANES_H

#include "reduce_parts.h"

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 8, PIXELS = LANES / 4, BLOCK = 4 /* vectors that are summed down at once */ };

typedef float lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t masks __attribute__((vector_size(4 * LANES)));
typedef uint8_t octets __attribute__((vector_size(LANES)));
typedef float half __attribute__((vector_size(16)));
typedef float lanes_anywhere __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef float half_anywhere __attribute__((vector_size(16), aligned(4), may_alias));
typedef uint8_t octets_anywhere __attribute__((vector_size(LANES), aligned(1), may_alias));

/* {w[0] four times, w[1] four times}; of each half the last value four times; the halves' sum;
 * eight bytes as numbers; whole numbers of 0..255 as bytes. */
INLINE lanes weights_of_two(const float *weights);
INLINE lanes alphas(lanes pixels);
INLINE half halves_added(lanes values);
INLINE lanes numbers(const uint8_t *bytes);
INLINE void put_bytes(masks values, uint8_t *to);

INLINE lanes get(const float *from)
{
    return *(const lanes_anywhere *)from;
}

INLINE void put(float *to, lanes values)
{
    *(lanes_anywhere *)to = values;
}

INLINE lanes all(float value)
{
    return (lanes){value, value, value, value, value, value, value, value};
}

INLINE lanes choose(masks mask, lanes yes, lanes no)
{
    return (lanes)(((masks)yes & mask) | ((masks)no & ~mask));
}

static const masks alpha_lanes = {0, 0, 0, -1, 0, 0, 0, -1};

/* ---- Across -------------------------------------------------------------------------------- */

static void widen(const struct reduce_axis *axis, const uint8_t *row, float *wide)
{
    const int pairs = axis->in / PIXELS * PIXELS;
    float *const inside = wide + (int64_t)axis->taps * 4;
    for (int x = 0; x < pairs; x += PIXELS) {
        const lanes pixels = numbers(row + (int64_t)x * 4);
        const lanes shares = alphas(pixels) / all(255);
        put(inside + (int64_t)x * 4, pixels * choose(alpha_lanes, all(1), shares));
    }
    for (int x = pairs; x < axis->in; x++) {
        reduce_spread(row + (int64_t)x * 4, 4, inside + (int64_t)x * 4);
    }
    const half first = *(const half_anywhere *)inside;
    const half last = *(const half_anywhere *)(inside + (int64_t)(axis->in - 1) * 4);
    for (int x = 0; x < axis->taps; x++) {
        *(half_anywhere *)(wide + (int64_t)x * 4) = first;
        *(half_anywhere *)(inside + (int64_t)(axis->in + x) * 4) = last;
    }
}

static void across(const struct reduce_axis *axis, const uint8_t *row, int bands, float *wide,
                   float *out)
{
    if (bands != 4) {
        reduce_plain.across(axis, row, bands, wide, out);
        return;
    }
    widen(axis, row, wide);
    for (int i = 0; i < axis->out; i++) {
        const float *in = wide + (int64_t)(axis->first[i] + axis->taps) * 4;
        const float *weights = axis->weights + (int64_t)i * axis->taps;
        lanes early = all(0), late = all(0);
        for (int k = 0; k < axis->taps; k += REDUCE_TOGETHER) {
            early += get(in + (int64_t)k * 4) * weights_of_two(weights + k);
            late += get(in + (int64_t)(k + PIXELS) * 4) * weights_of_two(weights + k + PIXELS);
        }
        *(half_anywhere *)(out + (int64_t)i * 4) = halves_added(early) + halves_added(late);
    }
}

/* ---- Down ---------------------------------------------------------------------------------- */

INLINE void gather_pair(lanes sum, uint8_t *out)
{
    const lanes most = all(255);
    lanes alpha = alphas(sum);
    alpha = choose(alpha > most, most, alpha);
    const lanes shares = choose(alpha > all(0.01f), most / alpha, all(0));
    lanes values = choose(alpha_lanes, alpha, sum * shares);
    values = choose(values > all(0), values, all(0));
    values = choose(values > most, most, values) + all(0.5f);
    put_bytes(__builtin_convertvector(values, masks), out);
}

INLINE void sum_block(const float *const *rows, const float *weights, int taps, int64_t at,
                      int vectors, float *sum)
{
    lanes sums[BLOCK] = {{0}};
    for (int k = 0; k < taps; k++) {
        for (int j = 0; j < vectors; j++) {
            sums[j] += all(weights[k]) * get(rows[k] + at + j * LANES);
        }
    }
    for (int j = 0; j < vectors; j++) {
        put(sum + at + j * LANES, sums[j]);
    }
}

static void down(const float *const *rows, const float *weights, int taps, int bands, int count,
                 float *sum, uint8_t *out)
{
    const int64_t samples = (int64_t)bands * count;
    const int pairs = bands == 4 ? count / PIXELS * PIXELS : 0;
    int64_t i = 0;
    for (; i + BLOCK * LANES <= samples; i += BLOCK * LANES) {
        sum_block(rows, weights, taps, i, BLOCK, sum);
    }
    for (; i + LANES <= samples; i += LANES) {
        sum_block(rows, weights, taps, i, 1, sum);
    }
    for (; i < samples; i++) {
        sum[i] = 0;
        for (int k = 0; k < taps; k++) {
            sum[i] += weights[k] * rows[k][i];
        }
    }
    for (int x = 0; x < pairs; x += PIXELS) {
        gather_pair(get(sum + (int64_t)x * 4), out + (int64_t)x * 4);
    }
    for (int x = pairs; x < count; x++) {
        reduce_gather(sum + (int64_t)x * bands, bands, out + (int64_t)x * bands);
    }
}

#endif
