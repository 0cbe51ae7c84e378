/* SPDX-License-Identifier: MIT
 * Which vector loops of shrink.h this processor has. */
#include "shrink_parts.h"

const struct shrink_kernels *shrink_vectors(void)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2")) {
        return NULL;
    }
#endif
    return shrink_avx2 ? shrink_avx2 : shrink_neon;
}
