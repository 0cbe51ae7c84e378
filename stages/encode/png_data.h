/* SPDX-License-Identifier: MIT
 * The image data of a PNG that is not interlaced, as one zlib stream: rows filtered and compressed
 * by our own kernels, a row at a time. Knows the file format's rows and no other part of it. */
#ifndef PICSET_PNG_DATA_H
#define PICSET_PNG_DATA_H

#include "encode.h"
#include "palette.h"

struct png_data {
    const struct pixels *pixels;
    const struct palette *palette; /* NULL: true colour */
    int bits;                      /* of a sample, or of an index */
    enum png_filter filter;
    int compression; /* 1..9, as zlib counts */
    const struct flow *flow;
};

PICSET_NODISCARD enum status png_data_make(const struct png_data *data, struct buffer *stream,
                                           struct error *error);

/* Raise it when bytes may change: part of keys. */
#define PNG_DATA_NAME "rows 2"

#endif
