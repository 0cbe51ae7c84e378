/* SPDX-License-Identifier: MIT
 * One pixel of a reduction with alpha, for plain loops and for the ends of vector loops. */
#ifndef PICSET_REDUCE_PARTS_H
#define PICSET_REDUCE_PARTS_H

#include <stddef.h>

#include "reduce.h"

static inline void reduce_spread(const uint8_t *pixel, int bands, float *out)
{
    const float alpha = pixel[bands - 1], share = alpha / 255.0f;
    for (int band = 0; band < bands - 1; band++) {
        out[band] = (float)pixel[band] * share;
    }
    out[bands - 1] = alpha;
}

static inline uint8_t reduce_rounded(float value)
{
    return (uint8_t)(value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5f);
}

/* Where there is no alpha there is no colour. */
static inline void reduce_gather(const float *sum, int bands, uint8_t *out)
{
    const float alpha = sum[bands - 1] > 255 ? 255 : sum[bands - 1];
    const float share = alpha > 0.01f ? 255.0f / alpha : 0;
    for (int band = 0; band < bands - 1; band++) {
        out[band] = reduce_rounded(sum[band] * share);
    }
    out[bands - 1] = reduce_rounded(alpha);
}

/* What only vectors give: NULL in a build that is not for that processor. */
extern const struct reduce_kernels *const reduce_avx2, *const reduce_neon;

#endif
