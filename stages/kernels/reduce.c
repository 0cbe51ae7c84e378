/* SPDX-License-Identifier: MIT
 * See reduce.h. Vectors of a pixel in the compiler's own notation, for any processor. */
#include "reduce.h"

#include <math.h>

enum { TOGETHER = 4 };

/* Four floats, as they lie. */
typedef float pixel_anywhere __attribute__((vector_size(16), aligned(4), may_alias));

static double lanczos3(double x)
{
    const double pi = 3.14159265358979323846;
    if (fabs(x) < 1e-9) {
        return 1;
    }
    return fabs(x) < 3 ? 3 * sin(pi * x) * sin(pi * x / 3) / (pi * pi * x * x) : 0;
}

int reduce_taps(double factor)
{
    const int taps = (int)ceil(6 * factor) + 1;
    return (taps + TOGETHER - 1) / TOGETHER * TOGETHER;
}

void reduce_axis_fill(struct reduce_axis *axis, double picture)
{
    const double factor = picture / axis->out;
    for (int i = 0; i < axis->out; i++) {
        const double centre = (i + 0.5) * factor - 0.5 + (axis->in - picture) / 2;
        const int first = (int)ceil(centre - 3 * factor);
        float *weights = axis->weights + (int64_t)i * axis->taps;
        double sum = 0;
        for (int k = 0; k < axis->taps; k++) {
            sum += lanczos3((first + k - centre) / factor);
        }
        for (int k = 0; k < axis->taps; k++) {
            weights[k] = (float)(lanczos3((first + k - centre) / factor) / sum);
        }
        axis->first[i] = first;
    }
}

static void spread(const uint8_t *pixel, int bands, float *out)
{
    const float alpha = pixel[bands - 1], share = alpha / 255.0f;
    for (int band = 0; band < bands - 1; band++) {
        out[band] = (float)pixel[band] * share;
    }
    out[bands - 1] = alpha;
}

/* With `taps` pixels more on each side, so that no sum looks where its samples end. */
static void widen(const struct reduce_axis *axis, const uint8_t *row, int bands, float *wide)
{
    for (int x = -axis->taps; x < axis->in + axis->taps; x++) {
        const int inside = x < 0 ? 0 : x >= axis->in ? axis->in - 1 : x;
        spread(row + (int64_t)inside * bands, bands, wide + (int64_t)(x + axis->taps) * bands);
    }
}

/* Four sums beside each other: one alone would wait for each of its additions. */
static void across_four(const struct reduce_axis *axis, const float *wide, float *out)
{
    for (int i = 0; i < axis->out; i++) {
        const pixel_anywhere *in =
            (const pixel_anywhere *)(wide + (int64_t)(axis->first[i] + axis->taps) * 4);
        const float *weights = axis->weights + (int64_t)i * axis->taps;
        pixel_anywhere sums[TOGETHER] = {0};
        for (int k = 0; k < axis->taps; k += TOGETHER) {
            for (int j = 0; j < TOGETHER; j++) {
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

void reduce_across(const struct reduce_axis *axis, const uint8_t *row, int bands, float *wide,
                   float *out)
{
    widen(axis, row, bands, wide);
    if (bands == 4) {
        across_four(axis, wide, out);
    } else {
        across_two(axis, wide, out);
    }
}

static uint8_t rounded(float value)
{
    return (uint8_t)(value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5f);
}

/* Where there is no alpha there is no colour. */
static void gather(const float *sum, int bands, uint8_t *out)
{
    const float alpha = sum[bands - 1] > 255 ? 255 : sum[bands - 1];
    const float share = alpha > 0.01f ? 255.0f / alpha : 0;
    for (int band = 0; band < bands - 1; band++) {
        out[band] = rounded(sum[band] * share);
    }
    out[bands - 1] = rounded(alpha);
}

void reduce_down(const float *const *rows, const float *weights, int taps, int bands, int count,
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
        gather(sum + (int64_t)i * bands, bands, out + (int64_t)i * bands);
    }
}
