/* SPDX-License-Identifier: MIT
 * Two image files held against each other: decoded as a render would decode them, upright, sRGB,
 * 8 bits. */
#ifndef PICSET_COMPARE_H
#define PICSET_COMPARE_H

#include "stage.h"

/* One file of a comparison. compare_close in any case. */
struct compared {
    struct source source;
    struct facts facts; /* as stored */
    VipsImage *image;   /* upright, sRGB or grey, 8 bits */
};

PICSET_NODISCARD enum status compare_open(const char *path, const struct limits *limits,
                                          struct compared *out, struct error *error);
void compare_close(struct compared *compared); /* {0} is fine */

/* Other sizes or numbers of frames: STATUS_REFUSED, saying what to do. */
PICSET_NODISCARD enum status compare(const struct compared *original,
                                     const struct compared *distorted, struct comparison *out,
                                     struct error *error);

#endif
