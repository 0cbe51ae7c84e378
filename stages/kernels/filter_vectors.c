/* SPDX-License-Identifier: MIT
 * Which of the vector loops of PNG's row filters this processor has. */
#include "filter.h"

const struct filter_kernels *filter_vectors(void)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2")) {
        return NULL;
    }
#endif
    return filter_avx2 ? filter_avx2 : filter_neon;
}
