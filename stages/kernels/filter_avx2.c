/* SPDX-License-Identifier: MIT
 * PNG's row filters for x86-64 processors with AVX2. */
#include "filter_parts.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif
#include "filter_lanes.h"

static const struct filter_kernels kernels = {.name = "avx2", .weigh = weigh, .apply = apply};
const struct filter_kernels *const filter_avx2 = &kernels;

#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
const struct filter_kernels *const filter_avx2 = NULL;
#endif
