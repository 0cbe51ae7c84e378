/* SPDX-License-Identifier: MIT
 * SSIMULACRA2's row loops for x86-64 processors with AVX2. */
#include "score_parts.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif
#include "score_lanes.h"

static const struct score_kernels kernels = {
    .name = "avx2", .opsin = opsin, .halve = halve, .blur_down = blur_down, .add_up = add_up};
const struct score_kernels *const score_avx2 = &kernels;

#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
const struct score_kernels *const score_avx2 = NULL;
#endif
