/* SPDX-License-Identifier: MIT
 * SSIMULACRA2's row loops for 64-bit ARM, where NEON is always there. */
#include "score_parts.h"

#if defined(__aarch64__)
#include "score_lanes.h"

static const struct score_kernels kernels = {
    .name = "neon", .opsin = opsin, .halve = halve, .blur_down = blur_down, .add_up = add_up};
const struct score_kernels *const score_neon = &kernels;
#else
const struct score_kernels *const score_neon = NULL;
#endif
