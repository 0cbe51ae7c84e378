/* SPDX-License-Identifier: MIT
 * The image data of a PNG that is not interlaced, as one zlib stream: rows filtered by our own
 * kernels, compressed by libdeflate. Knows the file format's rows and no other part of it. */
#ifndef PICSET_PNG_DATA_H
#define PICSET_PNG_DATA_H

#include "encode.h"
#include "palette.h"

struct png_data {
    const struct pixels *pixels;
    const struct palette *palette; /* NULL: true colour */
    int bits;                      /* of a sample, or of an index */
    enum png_filter filter;
    int compression; /* 0..9, as zlib counts */
    const struct flow *flow;
};

/* libdeflate takes all rows at once, and does not stop before it is done: larger images are zlib's.
 * In bytes of filtered rows. */
enum { PNG_DATA_BYTES_MAX = 64 << 20 };
bool png_data_fits(const struct png_data *data);

/* *stream is for memory_free. */
PICSET_NODISCARD enum status png_data_make(const struct png_data *data, uint8_t **stream,
                                           size_t *size, struct error *error);

/* Name and version of what compresses. */
const char *png_data_library(void);

#endif
