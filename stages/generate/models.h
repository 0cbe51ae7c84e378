/* SPDX-License-Identifier: MIT
 * Words and pixels of the Nano Banana models, whoever serves them. Knows no service. */
#ifndef PICSET_MODELS_H
#define PICSET_MODELS_H

#include "provider.h"

extern const char *const aspects_wide[];   /* 14 ratios, from 1:8 to 8:1, and "auto" */
extern const char *const aspects_common[]; /* the ten of them from 9:16 to 21:9, and "auto" */
extern const char *const sizes_from_512[]; /* 512, 1K, 2K, 4K */
extern const char *const sizes_from_1k[];  /* 1K, 2K, 4K */

extern const struct model_size pixels_from_512[]; /* 14 ratios */
extern const struct model_size pixels_from_1k[];  /* 14 ratios */
extern const struct model_size pixels_common[];   /* 10 ratios, 1K, 2K, 4K */
extern const struct model_size pixels_only_1k[];  /* 14 ratios */
extern const struct model_size pixels_first[];    /* of the first model: 10 ratios, 1K */

#endif
