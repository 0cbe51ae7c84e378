/* SPDX-License-Identifier: MIT
 * SSIMULACRA2's row loops as they are defined, one value at a time: the truth for all others. */
#include <math.h>

#include "score_parts.h"

static int round_up(int count)
{
    return (count + SCORE_LANES - 1) / SCORE_LANES * SCORE_LANES;
}

/* Two steps of Halley's method, each of which triples the number of right bits. */
static float cube_root(float value)
{
    union {
        float number;
        int32_t bits;
    } guess = {.number = value};
    guess.bits = (int32_t)((float)guess.bits * SCORE_ROOT_SLOPE + SCORE_ROOT_BASE);
    float root = guess.number;
    for (int i = 0; i < 2; i++) {
        const float cube = root * root * root;
        root = root * (cube + (value + value)) / ((cube + cube) + value);
    }
    return root;
}

static float mixed(const float weights[3], float red, float green, float blue)
{
    const float mix = weights[0] * red + weights[1] * green + weights[2] * blue + SCORE_BIAS;
    return mix > 0 ? mix : 0;
}

static void opsin(const float *const rgb[3], int count, float *const planes[3])
{
    static const float weights[3][3] = {SCORE_MIX_RED, SCORE_MIX_GREEN, SCORE_MIX_BLUE};
    for (int i = 0; i < round_up(count); i++) {
        float root[3];
        for (int channel = 0; channel < 3; channel++) {
            const float mix = mixed(weights[channel], rgb[0][i], rgb[1][i], rgb[2][i]);
            root[channel] = cube_root(mix) - SCORE_BIAS_ROOT;
        }
        const float x = (root[0] - root[1]) * 0.5f, y = (root[0] + root[1]) * 0.5f;
        if (planes[0]) {
            planes[0][i] = x * SCORE_X_SCALE + SCORE_X_SHIFT;
        }
        if (planes[1]) {
            planes[1][i] = y + SCORE_Y_SHIFT;
        }
        if (planes[2]) {
            planes[2][i] = (root[2] - y) + SCORE_B_SHIFT;
        }
    }
}

static void halve(const float *upper, const float *lower, int count, float *out)
{
    for (int i = 0; i < round_up(count); i++) {
        out[i] = ((upper[2 * i] + upper[2 * i + 1]) + (lower[2 * i] + lower[2 * i + 1])) * 0.25f;
    }
}

/* Nine values around the middle one. */
static float blurred(const float *middle, ptrdiff_t step)
{
    static const float taps[] = {SCORE_TAP_0, SCORE_TAP_1, SCORE_TAP_2, SCORE_TAP_3, SCORE_TAP_4};
    float sum = taps[0] * middle[0];
    for (ptrdiff_t i = 1; i <= SCORE_REACH; i++) {
        sum = sum + taps[i] * (middle[-i * step] + middle[i * step]);
    }
    return sum;
}

static void blur_down(const float *const original[SCORE_TAPS],
                      const float *const distorted[SCORE_TAPS], int count,
                      float *const out[SCORE_SIGNALS])
{
    for (int i = 0; i < round_up(count); i++) {
        float column[SCORE_SIGNALS][SCORE_TAPS];
        for (int row = 0; row < SCORE_TAPS; row++) {
            const float a = original[row][i], b = distorted[row][i];
            column[SCORE_ORIGINAL][row] = a;
            column[SCORE_DISTORTED][row] = b;
            column[SCORE_POWER][row] = a * a + b * b;
            column[SCORE_ERROR][row] = (a - b) * (a - b);
        }
        for (int signal = 0; signal < SCORE_SIGNALS; signal++) {
            out[signal][i] = blurred(column[signal] + SCORE_REACH, 1);
        }
    }
}

/* 1 − (1 − (m1 − m2)²) (2 cov + C) / (var1 + var2 + C), where 2 cov = var1 + var2 − var(a − b):
 * written so, equal images give 0 whatever is lost in var1 + var2. */
static float ssim_error(float mean1, float mean2, float power, float error)
{
    const float apart = mean1 - mean2, apart2 = apart * apart;
    const float spread = (power - (mean1 * mean1 + mean2 * mean2)) + SCORE_CONTRAST;
    const float found = 1.0f - (1.0f - apart2) * (1.0f - (error - apart2) / spread);
    return found > 0 ? found : 0;
}

static void add_up(const float *original, const float *distorted,
                   const float *const signals[SCORE_SIGNALS], int count, bool ssim, bool edges,
                   double sums[SCORE_NUMBERS])
{
    float lanes[SCORE_NUMBERS][SCORE_LANES] = {{0}};
    for (int i = 0; i < count; i++) {
        const float mean1 = blurred(signals[SCORE_ORIGINAL] + i, 1);
        const float mean2 = blurred(signals[SCORE_DISTORTED] + i, 1);
        const int lane = i % SCORE_LANES;
        if (ssim) {
            const float found = ssim_error(mean1, mean2, blurred(signals[SCORE_POWER] + i, 1),
                                           blurred(signals[SCORE_ERROR] + i, 1));
            lanes[SCORE_SSIM][lane] += found;
            lanes[SCORE_SSIM4][lane] += (found * found) * (found * found);
        }
        if (edges) {
            const float ratio =
                (1.0f + fabsf(distorted[i] - mean2)) / (1.0f + fabsf(original[i] - mean1)) - 1.0f;
            const float ringing = ratio > 0 ? ratio : 0, loss = -ratio > 0 ? -ratio : 0;
            lanes[SCORE_RINGING][lane] += ringing;
            lanes[SCORE_RINGING4][lane] += (ringing * ringing) * (ringing * ringing);
            lanes[SCORE_LOSS][lane] += loss;
            lanes[SCORE_LOSS4][lane] += (loss * loss) * (loss * loss);
        }
    }
    for (int number = 0; number < SCORE_NUMBERS; number++) {
        for (int lane = 0; lane < SCORE_LANES; lane++) {
            sums[number] += (double)lanes[number][lane];
        }
    }
}

const struct score_kernels score_plain = {
    .name = "c", .opsin = opsin, .halve = halve, .blur_down = blur_down, .add_up = add_up};
