/* SPDX-License-Identifier: MIT
 * The fixed point that the loops of shrink.h share. A byte is (byte - 128) * 256, down the columns
 * it becomes units of 1/128, across the rows of 1/64: each product is halved as it is rounded. The
 * absolute weights of Lanczos' kernel add up to 1.54 at most, so no sum leaves 16 bits. */
#ifndef PICSET_KERNEL_SHRINK_PARTS_H
#define PICSET_KERNEL_SHRINK_PARTS_H

#include "shrink.h"

enum { SHRINK_MIDDLE = 128, SHRINK_LAST_BITS = 6 };

/* What only vectors give: NULL in a build that is not for that processor. */
extern const struct shrink_kernels *const shrink_avx2, *const shrink_neon;

#endif
