/* SPDX-License-Identifier: MIT
 * Which vector loops of reduce.h this processor has. */
#include "reduce_parts.h"

const struct reduce_kernels *reduce_vectors(void)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2")) {
        return NULL;
    }
#endif
    return reduce_avx2 ? reduce_avx2 : reduce_neon;
}
