/* SPDX-License-Identifier: MIT
 * The loops of shrink.h for x86-64 processors with AVX2. */
#include "shrink_parts.h"

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif
#include "shrink_lanes.h"

INLINE lanes share(lanes value, lanes weight)
{
    return (lanes)_mm256_mulhrs_epi16((__m256i)value, (__m256i)weight);
}

INLINE octets signed_octets(lanes values)
{
    const __m256i whole = (__m256i)values;
    return (octets)_mm_packs_epi16(_mm256_castsi256_si128(whole),
                                   _mm256_extracti128_si256(whole, 1));
}

static const struct shrink_kernels kernels = {.name = "avx2", .down = down, .across = across};
const struct shrink_kernels *const shrink_avx2 = &kernels;

#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
const struct shrink_kernels *const shrink_avx2 = NULL;
#endif
