/* SPDX-License-Identifier: MIT
 * What is known of an image at one point of a plan, without its pixels. Immutable: a stage's plan
 * gets facts and returns new ones. Always of the full-size image, whatever the decoder shrinks. */
#ifndef PICSET_FACTS_H
#define PICSET_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include "format.h"
#include "hash.h"

enum space {
    SPACE_SRGB,    /* RGB, sRGB or taken as sRGB */
    SPACE_P3,      /* RGB, Display P3, with its profile */
    SPACE_PROFILE, /* RGB with another embedded profile */
    SPACE_GREY,    /* one band, sRGB curve or an embedded grey profile */
    SPACE_CMYK,
    SPACE_OTHER /* Lab, linear …: needs `colour` before anything else */
};

/* What is kept of a source's metadata in renditions. */
enum keep {
    KEEP_ICC = 1 << 0,
    KEEP_COPYRIGHT = 1 << 1, /* EXIF Artist and Copyright, and nothing else of EXIF */
    KEEP_EXIF = 1 << 2,      /* all EXIF but GPS, thumbnail and orientation */
    KEEP_GPS = 1 << 3,
    KEEP_XMP = 1 << 4,
    KEEP_IPTC = 1 << 5,
    KEEP_PROVENANCE = 1 << 6, /* of a generated image: the packet that says so */
    KEEP_LABEL = 1 << 7       /* of a source whose XMP says that it was generated: just that */
};

/* Conditions a stage may want of its input; see struct stage. */
enum wants {
    WANTS_UPRIGHT = 1 << 0, /* orientation 1 */
    WANTS_OPAQUE = 1 << 1,  /* no alpha channel */
    WANTS_RGB = 1 << 2,     /* SRGB, P3 or GREY: no CMYK, Lab, foreign profile */
    WANTS_8BIT = 1 << 3,
    WANTS_SRGB = 1 << 4 /* SRGB or GREY */
};

struct facts {
    int width, height;   /* px of one frame; as stored until `orient` */
    int frames;          /* 1 for a still */
    int bands;           /* alpha counted */
    bool alpha;          /* has an alpha channel */
    bool alpha_used;     /* it is not opaque everywhere; = alpha until measured */
    bool alpha_measured; /* alpha_used comes from the pixels */
    int bits;            /* per sample: 8 or 16 (1, 2, 4 count as 8) */
    enum space space;
    bool profile;       /* an ICC profile is embedded */
    struct hash icc;    /* its bytes; {0} without one */
    int orientation;    /* EXIF 1..8 */
    enum format format; /* of the source */
    bool plain; /* one colour of any size (`from: "#0b3d5c"`): width and height mean nothing */
    uint8_t colour[4];       /* of a plain image, RGBA */
    bool focus_given;        /* the image's point of interest is known … */
    double focus_x, focus_y; /* … as a fraction 0..1 of this image, upright */
    unsigned keep;           /* enum keep */
    bool unsized;            /* width and height are upper bounds: the pixels decide (trim) */
};

/* Of a plain colour, RGBA, of any size. */
struct facts facts_plain(const uint8_t colour[4]);
/* WANTS_* bits that do not hold. */
unsigned facts_missing(const struct facts *facts, unsigned wants);
/* "4096x2304 srgb 8-bit alpha", for plans. */
struct buffer;
void facts_words(struct buffer *out, const struct facts *facts);
const char *space_name(enum space space);

#endif
