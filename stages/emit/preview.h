/* SPDX-License-Identifier: MIT
 * Placeholders as data URIs: small PNG files that stand in the markup itself. */
#ifndef PICSET_PREVIEW_H
#define PICSET_PREVIEW_H

#include <stdint.h>
#include "arena.h"

/* What a ThumbHash (base64) shows, 24 px on the longer side, below 2 KB; "" when it is none. NULL
 * when memory is short. */
const char *preview_thumbhash(const char *thumbhash, struct arena *arena);
/* One pixel of a colour. */
const char *preview_colour(const uint8_t colour[3], struct arena *arena);

#endif
