/* SPDX-License-Identifier: MIT
 * The loops of reduce.h for x86-64 processors with AVX2. */
#include "reduce_parts.h"

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif
#include "reduce_lanes.h"

INLINE lanes weights_of_two(const float *weights)
{
    const __m256 both =
        _mm256_castpd_ps(_mm256_broadcast_sd((const double *)(const void *)weights));
    return (lanes)_mm256_permutevar_ps(both, _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1));
}

INLINE lanes alphas(lanes pixels)
{
    return (lanes)_mm256_permute_ps((__m256)pixels, 0xff);
}

INLINE half halves_added(lanes values)
{
    const __m256 whole = (__m256)values;
    return (half)_mm_add_ps(_mm256_castps256_ps128(whole), _mm256_extractf128_ps(whole, 1));
}

INLINE lanes numbers(const uint8_t *bytes)
{
    const __m128i eight = _mm_loadl_epi64((const __m128i *)(const void *)bytes);
    return (lanes)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(eight));
}

INLINE void put_bytes(masks values, uint8_t *to)
{
    const __m256i whole = (__m256i)values;
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
    _mm_storel_epi64((__m128i *)(void *)to, _mm_packus_epi16(words, words));
}

static const struct reduce_kernels kernels = {.name = "avx2", .across = across, .down = down};
const struct reduce_kernels *const reduce_avx2 = &kernels;

#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
const struct reduce_kernels *const reduce_avx2 = NULL;
#endif
