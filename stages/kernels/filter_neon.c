/* SPDX-License-Identifier: MIT
 * PNG's row filters for 64-bit ARM, where NEON is always there. */
#include "filter_parts.h"

#if defined(__aarch64__)
#include "filter_lanes.h"

static const struct filter_kernels kernels = {.name = "neon", .weigh = weigh, .apply = apply};
const struct filter_kernels *const filter_neon = &kernels;
#else
const struct filter_kernels *const filter_neon = NULL;
#endif
