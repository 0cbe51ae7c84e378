/* SPDX-License-Identifier: MIT
 * An image in at most 256 colours. */
#ifndef PICSET_PALETTE_H
#define PICSET_PALETTE_H

#include "pixels.h"

enum { PALETTE_MAX = 256 };

struct palette {
    uint8_t colours[PALETTE_MAX][4]; /* RGBA, those with transparency first */
    int count, translucent;          /* colours; those of them that are not opaque */
    uint8_t *indices;                /* width * height, owned */
};

/* Quantises with libvips, then joins the nearest colours until `colours` are left. */
PICSET_NODISCARD enum status palette_make(const struct pixels *pixels, int colours, double dither,
                                          struct palette *out, struct error *error);
void palette_release(struct palette *palette);

#endif
