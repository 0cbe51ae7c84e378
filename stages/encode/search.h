/* SPDX-License-Identifier: MIT
 * The highest quality whose bytes stay within a limit, in few encodes. Knows no codec. */
#ifndef PICSET_SEARCH_H
#define PICSET_SEARCH_H

#include "buffer.h"
#include "format.h"

struct search {
    enum format format;     /* whose curve of bytes is the first guess */
    double highest, lowest; /* whole numbers; highest may be QUALITY_LOSSLESS, above `top` */
    double top;             /* of the codec's scale: where the search goes on below lossless */
    size_t limit;           /* bytes */
    double pixels;          /* of all frames */
    /* Encodes at a quality into an empty buffer. */
    enum status (*encode)(const void *data, double quality, struct buffer *out,
                          struct error *error);
    const void *data;
};

/* What a scan over all qualities from `highest` down to `lowest` would take first. Nothing fits:
 * STATUS_REFUSED with the smallest size. *quality is the one used. */
PICSET_NODISCARD enum status search_quality(const struct search *search, struct buffer *out,
                                            double *quality, struct error *error);

#endif
