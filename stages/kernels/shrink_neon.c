/* SPDX-License-Identifier: MIT
 * The loops of shrink.h for 64-bit ARM, where NEON is always there. */
#include "shrink_parts.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#include "shrink_lanes.h"

union halves {
    lanes whole;
    int16x8_t half[2];
};

/* It saturates for -32768 * -32768 alone, which is no weight. */
INLINE lanes share(lanes value, lanes weight)
{
    union halves a = {value};
    const union halves b = {weight};
    a.half[0] = vqrdmulhq_s16(a.half[0], b.half[0]);
    a.half[1] = vqrdmulhq_s16(a.half[1], b.half[1]);
    return a.whole;
}

INLINE octets signed_octets(lanes values)
{
    const union halves both = {values};
    return (octets)vcombine_s8(vqmovn_s16(both.half[0]), vqmovn_s16(both.half[1]));
}

static const struct shrink_kernels kernels = {.name = "neon", .down = down, .across = across};
const struct shrink_kernels *const shrink_neon = &kernels;
#else
const struct shrink_kernels *const shrink_neon = NULL;
#endif
