/* SPDX-License-Identifier: MIT
 * Which of SSIMULACRA2's vector loops this processor has. */
#include "score_parts.h"

const struct score_kernels *score_vectors(void)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2")) {
        return NULL;
    }
#endif
    return score_avx2 ? score_avx2 : score_neon;
}
