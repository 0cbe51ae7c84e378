/* SPDX-License-Identifier: MIT
 * PNG's chunks (W3C PNG, third edition). An animated PNG is read as the still image that it is for
 * other readers. Texts, EXIF and profiles get a private name that every decoder passes over. */
#include "walk.h"

#define ZLIB_CONST
#include <zlib.h>

#define PRIVATE_TYPE "piCt" /* ancillary, private, safe to copy: unknown to all decoders */
#define XMP_KEYWORD "XML:com.adobe.xmp"

struct png {
    struct walk *walk;
    unsigned colour;  /* the header's colour type */
    size_t colours;   /* entries of the palette */
    bool data, ended; /* image data was seen; the end was */
    bool profile;     /* an iCCP chunk was seen */
};

enum { PNG_GREY = 0, PNG_RGB = 2, PNG_PALETTE = 3, PNG_GREY_ALPHA = 4, PNG_RGB_ALPHA = 6 };

static bool is(const uint8_t *type, const char *name)
{
    return memcmp(type, name, 4) == 0;
}

static bool depth_fits(unsigned colour, unsigned depth)
{
    static const unsigned depths[] = {
        [PNG_GREY] = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 16,
        [PNG_RGB] = 1 << 8 | 1 << 16,
        [PNG_PALETTE] = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8,
        [PNG_GREY_ALPHA] = 1 << 8 | 1 << 16,
        [PNG_RGB_ALPHA] = 1 << 8 | 1 << 16,
    };
    return colour < sizeof depths / sizeof depths[0] && depth <= 16 &&
           (depths[colour] >> depth & 1);
}

static enum status take_header(struct png *png, struct error *error)
{
    struct walk *walk = png->walk;
    struct container *container = &walk->source->container;
    const uint8_t *bytes = walk->span.bytes + 8;
    if (walk->span.size < 33 || bytes_be32(bytes) != 13 || !is(bytes + 4, "IHDR")) {
        return walk_damaged(walk, error, "it does not begin with its header");
    }
    if (crc32(0, bytes + 4, 17) != bytes_be32(bytes + 21)) {
        return walk_damaged(walk, error, "its header's checksum is wrong");
    }
    uint32_t width = bytes_be32(bytes + 8), height = bytes_be32(bytes + 12);
    unsigned depth = bytes[16];
    png->colour = bytes[17];
    if (width > INT32_MAX || height > INT32_MAX) {
        return walk_damaged(walk, error, "its size is %ux%u", width, height);
    }
    if (!depth_fits(png->colour, depth) || bytes[18] || bytes[19] || bytes[20] > 1) {
        return walk_damaged(walk, error, "its header says colour type %u with %u bits", png->colour,
                            depth);
    }
    container->width = (int)width;
    container->height = (int)height;
    container->progressive = bytes[20] == 1;
    bool grey = png->colour == PNG_GREY || png->colour == PNG_GREY_ALPHA;
    walk->alpha = png->colour == PNG_GREY_ALPHA || png->colour == PNG_RGB_ALPHA;
    walk->model = grey ? MODEL_GREY : MODEL_RGB;
    walk->bits = depth == 16 ? 16 : 8;
    walk->bands = (grey ? 1 : 3) + (walk->alpha ? 1 : 0);
    return walk_size(walk, error);
}

/* A transparency chunk that libpng would not take gives no alpha channel. */
static enum status take_transparency(struct png *png, size_t size, struct error *error)
{
    struct walk *walk = png->walk;
    bool valid = png->colour == PNG_GREY      ? size == 2
                 : png->colour == PNG_RGB     ? size == 6
                 : png->colour == PNG_PALETTE ? size >= 1 && size <= png->colours
                                              : false;
    if (!valid || walk->alpha || png->data) {
        return STATUS_OK;
    }
    walk->alpha = true;
    walk->bands++;
    return walk_size(walk, error);
}

static enum status take_profile(struct png *png, struct span body, struct error *error)
{
    struct walk *walk = png->walk;
    struct container *container = &walk->source->container;
    if (png->profile) {
        return STATUS_OK;
    }
    png->profile = true;
    struct span name = bytes_part(body, 0, 80);
    const uint8_t *end = name.size ? memchr(name.bytes, 0, name.size) : NULL;
    container->icc_damaged = true;
    if (!end) {
        return STATUS_OK;
    }
    size_t at = (size_t)(end - body.bytes) + 2;
    size_t limit = walk->limits->icc_bytes > 0 ? (size_t)walk->limits->icc_bytes : 0;
    bool too_long = false;
    if (walk_inflate(walk, bytes_part(body, at, body.size), limit, &too_long, &container->icc,
                     error) != STATUS_OK) {
        return error->status;
    }
    container->icc_damaged = !container->icc.bytes;
    return too_long ? walk_icc(walk, limit + 1, error) : STATUS_OK;
}

/* iTXt: keyword, 0, is it packed, method, language, 0, keyword translated, 0, text. */
static enum status take_xmp(struct png *png, struct span body, struct error *error)
{
    struct walk *walk = png->walk;
    struct container *container = &walk->source->container;
    if (!bytes_start(body, XMP_KEYWORD, sizeof XMP_KEYWORD) || container->xmp.bytes) {
        return STATUS_OK;
    }
    size_t at = sizeof XMP_KEYWORD + 2;
    for (int i = 0; i < 2; i++) {
        struct span rest = bytes_part(body, at, body.size);
        const uint8_t *end = rest.size ? memchr(rest.bytes, 0, rest.size) : NULL;
        if (!end) {
            return STATUS_OK;
        }
        at = (size_t)(end - body.bytes) + 1;
    }
    struct span text = bytes_part(body, at, body.size);
    if (body.bytes[sizeof XMP_KEYWORD] == 0) {
        container->xmp = text;
        return STATUS_OK;
    }
    size_t limit = (size_t)(walk->limits->metadata_bytes - walk->metadata);
    bool too_long = false;
    if (walk_inflate(walk, text, limit, &too_long, &container->xmp, error) != STATUS_OK) {
        return error->status;
    }
    return walk_metadata(walk, too_long ? limit + 1 : container->xmp.size, error);
}

/* Renames a chunk and mends its checksum. */
static enum status disarm(struct walk *walk, size_t at, size_t size, struct error *error)
{
    uint8_t sum[4];
    uLong crc = crc32(0, (const Bytef *)PRIVATE_TYPE, 4);
    bytes_put_be32(sum, (uint32_t)crc32_z(crc, walk->span.bytes + at + 8, size));
    if (walk_disarm(walk, at + 4, PRIVATE_TYPE, 4, error) != STATUS_OK) {
        return error->status;
    }
    return walk_disarm(walk, at + 8 + size, sum, 4, error);
}

static enum status take_metadata(struct png *png, const uint8_t *type, struct span body,
                                 struct error *error)
{
    struct walk *walk = png->walk;
    struct container *container = &walk->source->container;
    if (walk_metadata(walk, body.size, error) != STATUS_OK) {
        return error->status;
    }
    if (is(type, "eXIf") && !container->exif.bytes) {
        container->exif = body;
    } else if (is(type, "iTXt")) {
        return take_xmp(png, body, error);
    } else if (is(type, "caBX")) {
        container->c2pa = true;
    }
    return STATUS_OK;
}

static bool is_metadata(const uint8_t *type)
{
    static const char names[][5] = {"eXIf", "tEXt", "zTXt", "iTXt", "sCAL", "pCAL",
                                    "sPLT", "hIST", "tIME", "oFFs", "caBX"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (is(type, names[i])) {
            return true;
        }
    }
    return false;
}

static enum status take_chunk(struct png *png, size_t at, struct span body, struct error *error)
{
    uint8_t type[4];
    memcpy(type, png->walk->span.bytes + at + 4, 4);
    if (is(type, "PLTE")) {
        png->colours = body.size / 3;
    } else if (is(type, "tRNS")) {
        return take_transparency(png, body.size, error);
    } else if (is(type, "acTL")) {
        png->walk->source->container.animated = body.size >= 4 && bytes_be32(body.bytes) > 1;
    } else if (is(type, "IDAT")) {
        png->data = true;
    } else if (is(type, "IEND")) {
        png->ended = true;
    } else if (is(type, "iCCP")) {
        return take_profile(png, body, error) == STATUS_OK ? disarm(png->walk, at, body.size, error)
                                                           : error->status;
    } else if (is_metadata(type)) {
        return take_metadata(png, type, body, error) == STATUS_OK
                   ? disarm(png->walk, at, body.size, error)
                   : error->status;
    }
    return STATUS_OK;
}

enum status walk_png(struct walk *walk, struct error *error)
{
    struct png png = {.walk = walk};
    if (take_header(&png, error) != STATUS_OK) {
        return error->status;
    }
    size_t at = 33;
    while (!png.ended && bytes_inside(walk->span, at, 12)) {
        const uint8_t *head = walk->span.bytes + at;
        size_t size = bytes_be32(head);
        if (!bytes_inside(walk->span, at + 12, size) && is(head + 4, "IDAT")) {
            png.data = true;
            break;
        }
        if (!bytes_inside(walk->span, at + 12, size)) {
            /* libpng makes room for the whole of a text before it reads it */
            return walk_damaged(walk, error, "it ends inside a chunk of %zu bytes", size);
        }
        if (take_chunk(&png, at, bytes_part(walk->span, at + 8, size), error) != STATUS_OK) {
            return error->status;
        }
        at += 12 + size;
    }
    return png.data ? STATUS_OK : walk_damaged(walk, error, "it has no image data");
}
