/* SPDX-License-Identifier: MIT
 * The pixels of an image in memory as plain rows, so that codecs need no libvips. */
#ifndef PICSET_PIXELS_H
#define PICSET_PIXELS_H

#include "stage.h"

struct pixels {
    const uint8_t *bytes;
    size_t stride;     /* bytes from one row to the next */
    int width, height; /* px of one frame */
    int frames;        /* one below the other */
    int bands;         /* 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha */
    int depth;         /* bytes of a sample: 1 or 2 (native order) */
    const int *delays; /* ms per frame, delay_count of them; the last counts for the rest */
    int delay_count;
    int loops;        /* 0: for ever */
    VipsImage *image; /* holds the memory; for the codecs that are libvips' own */
};

/* Borrows the rows of `in`; frames beyond `frames` are left out. Release it after use. */
PICSET_NODISCARD enum status pixels_take(VipsImage *in, int frames, struct pixels *out,
                                         struct error *error);
void pixels_release(struct pixels *pixels);

static inline const uint8_t *pixels_row(const struct pixels *pixels, int row)
{
    return pixels->bytes + (size_t)row * pixels->stride;
}

/* 8-bit RGB, or RGBA when there is alpha, of one frame: for codecs that know nothing else. The rows
 * are the image's own where they fit; else *owned is a block for memory_free. NULL: out of memory.
 */
const uint8_t *pixels_rgb(const struct pixels *pixels, int frame, size_t *stride, void **owned);

#endif
