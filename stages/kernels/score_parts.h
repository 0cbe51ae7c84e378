/* SPDX-License-Identifier: MIT
 * Published figures of SSIMULACRA2 (version 2.1, Jon Sneyers) that its row loops share. */
#ifndef PICSET_KERNEL_SCORE_PARTS_H
#define PICSET_KERNEL_SCORE_PARTS_H

#include "score.h"

/* Rows of mix = M rgb + bias, before the cube root. */
#define SCORE_MIX_RED                                                                              \
    {                                                                                              \
        0.30f, 0.622f, 0.078f                                                                      \
    }
#define SCORE_MIX_GREEN                                                                            \
    {                                                                                              \
        0.23f, 0.692f, 0.078f                                                                      \
    }
#define SCORE_MIX_BLUE                                                                             \
    {                                                                                              \
        0.24342268924547819f, 0.20476744424496821f, 0.55180986650955360f                           \
    }
#define SCORE_BIAS 0.0037930732552754493f
#define SCORE_BIAS_ROOT 0.15595420054924863f /* its cube root */

#define SCORE_X_SCALE 14.0f
#define SCORE_X_SHIFT 0.42f
#define SCORE_Y_SHIFT 0.01f
#define SCORE_B_SHIFT 0.55f

/* The Gaussian of sigma 1.5: the centre, then one to four px away. */
#define SCORE_TAP_0 0.264621105f
#define SCORE_TAP_1 0.212928592f
#define SCORE_TAP_2 0.109335373f
#define SCORE_TAP_3 0.0360111147f
#define SCORE_TAP_4 0.00941436781f

#define SCORE_CONTRAST 0.0009f

/* A first guess of the cube root within 4 %: the exponent divided by three. */
#define SCORE_ROOT_SLOPE (1.0f / 3.0f)
#define SCORE_ROOT_BASE 709921077.0f

/* What only vectors give: NULL in a build that is not for that processor. */
extern const struct score_kernels *const score_avx2, *const score_neon;

#endif
