/* SPDX-License-Identifier: MIT
 * SSIMULACRA2's row loops eight values at a time, in the compilers' own vectors: the file that
 * includes it says for which processor. The same operations in the same order as score_plain.c. */
#ifndef PICSET_KERNEL_SCORE_LANES_H
#define PICSET_KERNEL_SCORE_LANES_H

#include "score_parts.h"

#define INLINE static inline __attribute__((always_inline))

typedef float lanes __attribute__((vector_size(4 * SCORE_LANES)));
typedef int32_t masks __attribute__((vector_size(4 * SCORE_LANES)));
typedef float lanes_anywhere __attribute__((vector_size(4 * SCORE_LANES), aligned(4), may_alias));

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

INLINE lanes where(masks mask, lanes values)
{
    return (lanes)((masks)values & mask);
}

INLINE lanes at_least_0(lanes values)
{
    return where(values > all(0), values);
}

INLINE lanes magnitude(lanes values)
{
    return (lanes)((masks)values & (masks)(0x7fffffff - (masks){0}));
}

INLINE lanes cube_root(lanes value)
{
    const lanes guess =
        __builtin_convertvector((masks)value, lanes) * all(SCORE_ROOT_SLOPE) + all(SCORE_ROOT_BASE);
    lanes root = (lanes) __builtin_convertvector(guess, masks);
    for (int i = 0; i < 2; i++) {
        const lanes cube = root * root * root;
        root = root * (cube + (value + value)) / ((cube + cube) + value);
    }
    return root;
}

INLINE lanes root_of(const float weights[3], lanes red, lanes green, lanes blue)
{
    const lanes mix =
        all(weights[0]) * red + all(weights[1]) * green + all(weights[2]) * blue + all(SCORE_BIAS);
    return cube_root(at_least_0(mix)) - all(SCORE_BIAS_ROOT);
}

static void opsin(const float *const rgb[3], int count, float *const planes[3])
{
    static const float weights[3][3] = {SCORE_MIX_RED, SCORE_MIX_GREEN, SCORE_MIX_BLUE};
    for (int i = 0; i < count; i += SCORE_LANES) {
        const lanes red = get(rgb[0] + i), green = get(rgb[1] + i), blue = get(rgb[2] + i);
        const lanes root0 = root_of(weights[0], red, green, blue);
        const lanes root1 = root_of(weights[1], red, green, blue);
        const lanes y = (root0 + root1) * all(0.5f);
        if (planes[0]) {
            const lanes x = (root0 - root1) * all(0.5f);
            put(planes[0] + i, x * all(SCORE_X_SCALE) + all(SCORE_X_SHIFT));
        }
        if (planes[1]) {
            put(planes[1] + i, y + all(SCORE_Y_SHIFT));
        }
        if (planes[2]) {
            const lanes root2 = root_of(weights[2], red, green, blue);
            put(planes[2] + i, (root2 - y) + all(SCORE_B_SHIFT));
        }
    }
}

INLINE lanes pairs(const float *from)
{
    const lanes low = get(from), high = get(from + SCORE_LANES);
    return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14) +
           __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}

static void halve(const float *upper, const float *lower, int count, float *out)
{
    for (int i = 0; i < count; i += SCORE_LANES) {
        put(out + i, (pairs(upper + 2 * i) + pairs(lower + 2 * i)) * all(0.25f));
    }
}

INLINE lanes tap(int distance)
{
    static const float taps[] = {SCORE_TAP_0, SCORE_TAP_1, SCORE_TAP_2, SCORE_TAP_3, SCORE_TAP_4};
    return all(taps[distance]);
}

static void blur_down(const float *const original[SCORE_TAPS],
                      const float *const distorted[SCORE_TAPS], int count,
                      float *const out[SCORE_SIGNALS])
{
    for (int i = 0; i < count; i += SCORE_LANES) {
        const lanes a = get(original[SCORE_REACH] + i), b = get(distorted[SCORE_REACH] + i);
        lanes sum_a = tap(0) * a, sum_b = tap(0) * b;
        lanes sum_power = tap(0) * (a * a + b * b), sum_error = tap(0) * ((a - b) * (a - b));
        for (int row = 1; row <= SCORE_REACH; row++) {
            const lanes a1 = get(original[SCORE_REACH - row] + i);
            const lanes a2 = get(original[SCORE_REACH + row] + i);
            const lanes b1 = get(distorted[SCORE_REACH - row] + i);
            const lanes b2 = get(distorted[SCORE_REACH + row] + i);
            sum_a = sum_a + tap(row) * (a1 + a2);
            sum_b = sum_b + tap(row) * (b1 + b2);
            sum_power = sum_power + tap(row) * ((a1 * a1 + b1 * b1) + (a2 * a2 + b2 * b2));
            sum_error = sum_error + tap(row) * ((a1 - b1) * (a1 - b1) + (a2 - b2) * (a2 - b2));
        }
        put(out[SCORE_ORIGINAL] + i, sum_a);
        put(out[SCORE_DISTORTED] + i, sum_b);
        put(out[SCORE_POWER] + i, sum_power);
        put(out[SCORE_ERROR] + i, sum_error);
    }
}

INLINE lanes blurred(const float *middle)
{
    lanes sum = tap(0) * get(middle);
    for (int i = 1; i <= SCORE_REACH; i++) {
        sum = sum + tap(i) * (get(middle - i) + get(middle + i));
    }
    return sum;
}

INLINE lanes fourth(lanes values)
{
    return (values * values) * (values * values);
}

INLINE lanes ssim_error(lanes mean1, lanes mean2, lanes power, lanes error)
{
    const lanes apart = mean1 - mean2, apart2 = apart * apart;
    const lanes spread = (power - (mean1 * mean1 + mean2 * mean2)) + all(SCORE_CONTRAST);
    return at_least_0(all(1.0f) - (all(1.0f) - apart2) * (all(1.0f) - (error - apart2) / spread));
}

struct row {
    const float *original, *distorted;
    const float *const *signals;
};

INLINE void add_group(const struct row *row, int i, masks mask, bool ssim, bool edges,
                      lanes sums[SCORE_NUMBERS])
{
    const lanes mean1 = blurred(row->signals[SCORE_ORIGINAL] + i);
    const lanes mean2 = blurred(row->signals[SCORE_DISTORTED] + i);
    if (ssim) {
        const lanes found =
            where(mask, ssim_error(mean1, mean2, blurred(row->signals[SCORE_POWER] + i),
                                   blurred(row->signals[SCORE_ERROR] + i)));
        sums[SCORE_SSIM] += found;
        sums[SCORE_SSIM4] += fourth(found);
    }
    if (edges) {
        const lanes ratio =
            where(mask, (all(1.0f) + magnitude(get(row->distorted + i) - mean2)) /
                                (all(1.0f) + magnitude(get(row->original + i) - mean1)) -
                            all(1.0f));
        const lanes ringing = at_least_0(ratio), loss = at_least_0(-ratio);
        sums[SCORE_RINGING] += ringing;
        sums[SCORE_RINGING4] += fourth(ringing);
        sums[SCORE_LOSS] += loss;
        sums[SCORE_LOSS4] += fourth(loss);
    }
}

INLINE void add_row(const struct row *row, int count, bool ssim, bool edges,
                    double sums[SCORE_NUMBERS])
{
    const int whole = count - count % SCORE_LANES;
    const masks rest = (masks){0, 1, 2, 3, 4, 5, 6, 7} < (count - whole) + (masks){0};
    lanes found[SCORE_NUMBERS] = {{0}};
    for (int i = 0; i < whole; i += SCORE_LANES) {
        add_group(row, i, (masks){0} - 1, ssim, edges, found);
    }
    if (whole < count) {
        add_group(row, whole, rest, ssim, edges, found);
    }
    for (int number = 0; number < SCORE_NUMBERS; number++) {
        for (int lane = 0; lane < SCORE_LANES; lane++) {
            sums[number] += (double)found[number][lane];
        }
    }
}

static void add_up(const float *original, const float *distorted,
                   const float *const signals[SCORE_SIGNALS], int count, bool ssim, bool edges,
                   double sums[SCORE_NUMBERS])
{
    const struct row row = {original, distorted, signals};
    if (ssim && edges) {
        add_row(&row, count, true, true, sums);
    } else if (ssim) {
        add_row(&row, count, true, false, sums);
    } else if (edges) {
        add_row(&row, count, false, true, sums);
    }
}

#endif
