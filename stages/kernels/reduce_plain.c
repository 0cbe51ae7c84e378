/* SPDX-License-Identifier: MIT
 * The loops of a reduction with alpha, a pixel at a time: the truth for all others. Vectors of a
 * pixel in the compiler's own notation, for any processor. */
#include "reduce_parts.h"

/* Four floats, as they lie. */
typedef float pixel_anywhere __attribute__((vector_size(16), aligned(4), may_alias));

/* With `taps` pixels more on each side, so that no sum looks where its samples end. */
static void widen(const struct reduce_axis *axis, const uint8_t *row, int bands, float *wide)
{
    for (int x = -axis->taps; x < axis->in + axis->taps; x++) {
        const int inside = x < 0 ? 0 : x >= axis->in ? axis->in - 1 : x;
        reduce_spread(row + (int64_t)inside * bands, bands,
                      wide + (int64_t)(x + axis->taps) * bands);
    }
}

/* Four sums beside each other: one alone would wait for each of its additions. */
static void across_four(const struct reduce_axis *axis, const float *wide, float *out)
{
    for (int i = 0; i < axis->out; i++) {
        const pixel_anywhere *in =
            (const pixel_anywhere *)(wide + (int64_t)(axis->first[i] + axis->taps) * 4);
        const float *weights = axis->weights + (int64_t)i * axis->taps;
        pixel_anywhere sums[REDUCE_TOGETHER] = {0};
        for (int k = 0; k < axis->taps; k += REDUCE_TOGETHER) {
            for (int j = 0; j < REDUCE_TOGETHER; j++) {
                sums[j] += in[k + j] * weights[k + j];
            }
        }
        *(pixel_anywhere *)(out + (int64_t)i * 4) = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
}

static void across_two(const struct reduce_axis *axis, const float *wide, float *out)
{
    for (int i = 0; i < axis->out; i++) {
        const float *in = wide + (int64_t)(axis->first[i] + axis->taps) * 2;
        const float *weights = axis->weights + (int64_t)i * axis->taps;
        float grey = 0, alpha = 0;
        for (int k = 0; k < axis->taps; k++) {
            grey += weights[k] * in[k * 2];
            alpha += weights[k] * in[k * 2 + 1];
        }
        out[i * 2] = grey;
        out[i * 2 + 1] = alpha;
    }
}

static void across(const struct reduce_axis *axis, const uint8_t *row, int bands, float *wide,
                   float *out)
{
    widen(axis, row, bands, wide);
    if (bands == 4) {
        across_four(axis, wide, out);
    } else {
        across_two(axis, wide, out);
    }
}

static void down(const float *const *rows, const float *weights, int taps, int bands, int count,
                 float *sum, uint8_t *out)
{
    const int samples = bands * count;
    for (int i = 0; i < samples; i++) {
        sum[i] = 0;
    }
    for (int k = 0; k < taps; k++) {
        const float *row = rows[k];
        const float weight = weights[k];
        for (int i = 0; i < samples; i++) {
            sum[i] += weight * row[i];
        }
    }
    for (int i = 0; i < count; i++) {
        reduce_gather(sum + (int64_t)i * bands, bands, out + (int64_t)i * bands);
    }
}

const struct reduce_kernels reduce_plain = {.name = "c", .across = across, .down = down};
