/* SPDX-License-Identifier: MIT
 * The bytes of one image, read once into memory; and what its container says. Hash, sniffing,
 * limits and decoding see the same bytes. Knows files; knows no codec. */
#ifndef PICSET_SOURCE_H
#define PICSET_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "error.h"
#include "facts.h"
#include "limits.h"

struct span { /* borrowed bytes inside struct source, or nothing: {NULL, 0} */
    const uint8_t *bytes;
    size_t size;
};

/* What the walk over the container found; spans borrow from the source's bytes unless owned. */
struct container {
    enum format format;
    int width, height; /* as stored, of the canvas */
    int frames;
    bool progressive; /* multi-scan JPEG, interlaced PNG or GIF */
    int scans;        /* of a JPEG */
    int orientation;  /* 1..8 */
    int delay;        /* ms of the first frame, 0 when unknown */
    int loops;        /* 0: for ever */
    struct span icc;  /* joined from its pieces (JPEG APP2) or inflated (PNG iCCP): see owned */
    struct span exif; /* from the TIFF header on, without "Exif\0\0" */
    struct span xmp, iptc;
    bool c2pa;        /* holds a C2PA manifest, which no rendition keeps */
    void *owned[4];   /* heap blocks that spans point into; freed by source_release */
};

struct source {
    char *path;   /* as given; "-" for standard input; NULL for memory */
    char *name;   /* for messages: the path, or "memory" */
    uint8_t *bytes; /* the whole file; the walk may have disarmed EXIF in place (see load/walk.h) */
    size_t size;
    bool borrowed;    /* bytes belong to the caller and are not freed … */
    struct hash hash; /* of the bytes as they were read */
    /* identity for the cheap check; zero for standard input and memory */
    uint64_t inode, device;
    int64_t modified_ns, changed_ns;
    struct container container;
};

/* Reads a whole regular file ("-": standard input) up to limits->source_bytes; never maps it.
 * A directory, a device, a missing file (STATUS_MISSING), too large a one (STATUS_REFUSED) are errors.
 * On failure *source is released. */
PICSET_NODISCARD enum status source_read(struct source *source, const char *path,
                                         const struct limits *limits, struct error *error);
/* Takes a copy of the bytes. */
PICSET_NODISCARD enum status source_from_memory(struct source *source, const char *name,
                                                const void *bytes, size_t size,
                                                const struct limits *limits, struct error *error);
void source_release(struct source *source); /* {0} is fine */

#endif
