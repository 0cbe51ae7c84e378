/* SPDX-License-Identifier: MIT
 * The image formats by name: one table for sniffing, planning and naming files. */
#ifndef PICSET_FORMAT_H
#define PICSET_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

enum format {
    FORMAT_NONE,
    FORMAT_JPEG,
    FORMAT_PNG,
    FORMAT_WEBP,
    FORMAT_GIF,
    FORMAT_AVIF,
    FORMAT_JXL,
    FORMAT_ICO,
    FORMAT_ICNS,
    FORMAT_SVG, /* copied only */
    FORMAT_COUNT
};

struct format_info {
    const char *name;      /* "jpeg": the word in presets */
    const char *extension; /* "jpg", without the dot */
    const char *mime;
    int max_side;  /* pixels; 0: not an encoder's format */
    bool alpha;    /* can hold an alpha channel */
    bool frames;   /* can hold an animation, as we write it */
    bool lossless; /* is always lossless */
    bool levels;   /* quality levels apply (lossy) */
};

/* Never NULL: FORMAT_NONE has name "none". */
const struct format_info *format_info(enum format format);
enum format format_by_name(const char *name);           /* "jpg" too; FORMAT_NONE when unknown */
enum format format_by_extension(const char *extension); /* without the dot, any case; "jpeg" too */

#endif
