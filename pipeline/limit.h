/* SPDX-License-Identifier: MIT
 * The limits of section "limits" of pipeline/README.md: one table, each a command line option. */
#ifndef PICSET_LIMITS_H
#define PICSET_LIMITS_H

#include <stdint.h>
#include "option.h"

struct limits {
    int64_t source_bytes;   /* bytes of one source */
    int64_t source_pixels;  /* width * height * frames, on the header */
    int64_t side;           /* px, of a source or a rendition */
    int64_t bands;          /* channels of a source */
    int64_t icc_bytes;      /* bytes of an ICC profile */
    int64_t metadata_bytes; /* bytes of EXIF, XMP, IPTC, text and the like together */
    int64_t jpeg_scans;     /* scans of one JPEG */
    int64_t frames;         /* frames of an animation */
    double seconds;         /* soft limit of one source's run; 0: scaled by pixels */
};

extern const struct option limit_options[]; /* of struct limits */
#define LIMITS_DEFAULT limits_default()
struct limits limits_default(void);

#endif
