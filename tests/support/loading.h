/* SPDX-License-Identifier: MIT
 * For tests of the load stage: bytes or a file through probe, and on to pixels in memory. */
#ifndef PICSET_TEST_LOADING_H
#define PICSET_TEST_LOADING_H

#include "image.h"

extern const struct stage stage_load;

struct loading {
    struct source source;
    struct facts facts; /* as probed */
    struct error error;
    enum status status; /* of the last call */
};

/* Options as JSON text; NULL: the defaults. Releases nothing: loading_end does. */
void loading_probe_file(struct loading *loading, const char *path, const struct limits *limits);
void loading_probe(struct loading *loading, const void *bytes, size_t size,
                   const struct limits *limits);
/* The same; the bytes of `file` are freed. */
void loading_probe_crafted(struct loading *loading, struct buffer *file,
                           const struct limits *limits);
/* Plans, runs and computes after a probe that went well; NULL when it fails. */
VipsImage *loading_decode(struct loading *loading, const char *options, double scale);
void loading_end(struct loading *loading);

#endif
