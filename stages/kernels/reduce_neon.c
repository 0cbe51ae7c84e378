/* SPDX-License-Identifier: MIT
 * The loops of reduce.h for 64-bit ARM, where NEON is always there. */
#include "reduce_parts.h"

#if defined(__aarch64__)
#include "reduce_lanes.h"

INLINE lanes weights_of_two(const float *weights)
{
    const float a = weights[0], b = weights[1];
    return (lanes){a, a, a, a, b, b, b, b};
}

INLINE lanes alphas(lanes pixels)
{
    const float a = pixels[3], b = pixels[7];
    return (lanes){a, a, a, a, b, b, b, b};
}

INLINE half halves_added(lanes values)
{
    const half first = {values[0], values[1], values[2], values[3]};
    const half second = {values[4], values[5], values[6], values[7]};
    return first + second;
}

INLINE lanes numbers(const uint8_t *bytes)
{
    return __builtin_convertvector(*(const octets_anywhere *)bytes, lanes);
}

INLINE void put_bytes(masks values, uint8_t *to)
{
    *(octets_anywhere *)to = __builtin_convertvector(values, octets);
}

static const struct reduce_kernels kernels = {.name = "neon", .across = across, .down = down};
const struct reduce_kernels *const reduce_neon = &kernels;
#else
const struct reduce_kernels *const reduce_neon = NULL;
#endif
