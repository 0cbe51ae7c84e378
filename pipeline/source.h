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
#include "limit.h"

struct span { /* borrowed bytes inside struct source, or nothing: {NULL, 0} */
    const uint8_t *bytes;
    size_t size;
};

/* Bytes that the walk changed in memory so that a decoder passes over them (EXIF, text). */
struct patch {
    size_t at;
    uint8_t size, before[8];
};

/* What the walk over the container found; spans borrow from the source's bytes unless owned. */
struct container {
    enum format format;
    int width, height; /* as stored, of the canvas */
    int frames;
    bool progressive; /* multi-scan JPEG, interlaced PNG or GIF */
    int scans;        /* of a JPEG */
    int orientation;  /* 1..8 */
    bool animated;    /* a PNG that moves, which is read as the still that it is for others */
    int delay;        /* ms of the first frame, 0 when unknown */
    int loops;        /* 0: for ever */
    struct span icc;  /* joined from its pieces (JPEG APP2) or inflated (PNG iCCP): see owned */
    struct span exif; /* from the TIFF header on, without "Exif\0\0" */
    struct span xmp;  /* the packet, without extended XMP */
    struct span iptc; /* IIM records: the payload of Photoshop resource 0x0404 */
    bool icc_damaged; /* a profile was there and could not be used */
    bool c2pa;        /* holds a C2PA manifest, which no rendition keeps */
    void *owned[4];   /* heap blocks that spans point into; freed by source_release */
    struct patch *patches; /* each spot once */
    size_t patch_count, patch_capacity;
};

struct source {
    char *path;     /* as given; "-" for standard input; NULL for memory */
    char *name;     /* for messages: the path, or "memory" */
    uint8_t *bytes; /* the whole file, but for container.patches: see source_original; NULL once
                       they are shed */
    size_t size;
    bool borrowed;    /* bytes belong to the caller and are not freed … */
    struct hash hash; /* of the bytes as they were read */
    /* identity for the cheap check; zero for standard input and memory */
    uint64_t inode, device;
    int64_t modified_ns, changed_ns;
    struct container container;
};

/* Reads a whole regular file ("-": standard input) up to limits->source_bytes; never maps it.
 * A directory, a device, a missing file (STATUS_MISSING), too large a one (STATUS_REFUSED) are
 * errors. Messages are predicates ("is a directory"): the caller puts the name before them with
 * error_at. On failure *source is released. */
PICSET_NODISCARD enum status source_read(struct source *source, const char *path,
                                         const struct limits *limits, struct error *error);
/* Takes a copy of the bytes. */
PICSET_NODISCARD enum status source_from_memory(struct source *source, const char *name,
                                                const void *bytes, size_t size,
                                                const struct limits *limits, struct error *error);
void source_release(struct source *source); /* {0} is fine */

/* The bytes as they were read, whatever the walk has patched: `copy` has room for source->size. */
void source_original(const struct source *source, uint8_t *copy);

/* For the walk: replaces size (1..8) bytes at `at`, remembering what stood there. */
PICSET_NODISCARD enum status source_patch(struct source *source, size_t at, const void *bytes,
                                          size_t size, struct error *error);
/* For the walk: takes over a heap block that a span of the container points into; frees it and
 * returns false when there is no place left. */
PICSET_NODISCARD bool source_own(struct source *source, void *block);
/* Frees the bytes: nobody decodes or copies them any more, and nobody else looks at the source just
 * now. What the container's spans show of them is kept. Where memory is short for that, or the
 * bytes are borrowed, all stays as it was. */
void source_shed(struct source *source);
/* Before another walk: patches undone, owned blocks freed, the container empty. */
void source_forget(struct source *source);

#endif
